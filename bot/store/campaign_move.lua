-- Move a campaign from one of some states to another, with its messages, in one step.
-- KEYS: campaign, to, state, count, people.
-- ARGV: lifetime, new state, states to come from (comma separated), bytes of all messages or '',
--       pairs of bytes old new old new … or '', then field and value in turn.
local state = redis.call('HGET', KEYS[1], 'state')
if not state then return 0 end
local allowed = false
for word in string.gmatch(ARGV[3], '[^,]+') do allowed = allowed or word == state end
if not allowed then return 0 end

local old = redis.call('GET', KEYS[3]) or ''
local new = old
if ARGV[4] ~= '' then
  new = ARGV[4]
elseif ARGV[5] ~= '' then
  local to = {}
  for i = 1, #ARGV[5], 2 do to[string.sub(ARGV[5], i, i)] = string.sub(ARGV[5], i + 1, i + 1) end
  new = string.gsub(old, '.', to)
end
if new ~= old then
  local counts = {}
  for byte in string.gmatch(new, '.') do counts[byte] = (counts[byte] or 0) + 1 end
  for byte in string.gmatch(old, '.') do counts[byte] = counts[byte] or 0 end
  redis.call('SET', KEYS[3], new)
  for byte, count in pairs(counts) do redis.call('HSET', KEYS[4], byte, count) end
end
redis.call('HSET', KEYS[1], 'state', ARGV[2])
for i = 6, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
for i = 1, 5 do redis.call('EXPIRE', KEYS[i], ARGV[1]) end
return 1
