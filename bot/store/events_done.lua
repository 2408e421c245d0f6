-- An event's effect is complete (or given up): one step, so that a crash leaves it either to do or done, never half.
-- KEYS: stream, aside, seen today.  ARGV: group, seconds to remember, reason ('' = done), then in one string ids and
-- fingerprints in turn, with blanks between.
local ids, prints = {}, {}
for id, print in string.gmatch(ARGV[4], '(%S+) (%S+)') do
  ids[#ids + 1] = id
  prints[#prints + 1] = print
end
if ARGV[3] ~= '' then
  for _, id in ipairs(ids) do
    local rows = redis.call('XRANGE', KEYS[1], id, id)
    if rows[1] then
      local fields = rows[1][2]
      fields[#fields + 1] = 'reason'
      fields[#fields + 1] = ARGV[3]
      redis.call('XADD', KEYS[2], '*', unpack(fields))
    end
  end
end
redis.call('SADD', KEYS[3], unpack(prints))
redis.call('XACK', KEYS[1], ARGV[1], unpack(ids))
redis.call('XDEL', KEYS[1], unpack(ids))
redis.call('EXPIRE', KEYS[3], ARGV[2])
return #ids
