-- The next events of a partition for its holder, in one string: redis-py needs longer to read a reply of many parts than
-- the worker needs for everything else together.  KEYS: stream.  ARGV: group, consumer, how many at most.
-- Answer: per event four lengths (4 bytes each, big-endian), then id, kind, fingerprint and body; '' if there is none.
-- Or 'left': something was handed out before, and its answer got lost on the way; it comes first.
if #redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', 1, ARGV[2]) > 0 then return 'left' end
local reply = redis.call('XREADGROUP', 'GROUP', ARGV[1], ARGV[2], 'COUNT', ARGV[3], 'STREAMS', KEYS[1], '>')
local parts = {}
for _, row in ipairs(reply and reply[1][2] or {}) do
  local fields = { kind = '', body = '', print = '' }
  for i = 1, #row[2], 2 do fields[row[2][i]] = row[2][i + 1] end
  parts[#parts + 1] = struct.pack('>I4I4I4I4', #row[1], #fields.kind, #fields.print, #fields.body)
  parts[#parts + 1] = row[1]
  parts[#parts + 1] = fields.kind
  parts[#parts + 1] = fields.print
  parts[#parts + 1] = fields.body
end
return table.concat(parts)
