-- What was set aside goes back into its stream, and is forgotten among what was seen, so that it is really done again:
-- one step each, so that it is always in one of the two.
-- KEYS: stream, aside, seen today, yesterday, the day before.  ARGV: first id, last id, how many at most.
-- Answer: how many.
local rows = redis.call('XRANGE', KEYS[2], ARGV[1], ARGV[2], 'COUNT', ARGV[3])
for _, row in ipairs(rows) do
  local fields = {}
  for i = 1, #row[2], 2 do fields[row[2][i]] = row[2][i + 1] end
  redis.call('XADD', KEYS[1], '*', 'kind', fields.kind, 'body', fields.body, 'print', fields.print)
  for day = 3, #KEYS do redis.call('SREM', KEYS[day], fields.print) end
  redis.call('XDEL', KEYS[2], row[1])
end
return #rows
