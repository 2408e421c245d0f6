-- Receipts of one campaign: set the bytes and the counters; a final state stays, but "not delivered" may become delivered.
-- KEYS: campaign, to, state, count, people.  ARGV: lifetime, then index and byte in turn.  Answer: the campaign's state.
local state = redis.call('HGET', KEYS[1], 'state')
if not state then return false end
local size = redis.call('STRLEN', KEYS[3])
local final = 'olrxdef'
local order = { s = 1, n = 2 }
local delta = {}
for i = 2, #ARGV, 2 do
  local index, new = tonumber(ARGV[i]), ARGV[i + 1]
  if index < size then
    local old = redis.call('GETRANGE', KEYS[3], index, index)
    local back = (order[new] or 3) <= (order[old] or 0) or (old == 'n' and new ~= 'd')
    if old ~= new and not back and not string.find(final, old, 1, true) then
      redis.call('SETRANGE', KEYS[3], index, new)
      delta[old] = (delta[old] or 0) - 1
      delta[new] = (delta[new] or 0) + 1
    end
  end
end
for byte, change in pairs(delta) do
  if change ~= 0 then redis.call('HINCRBY', KEYS[4], byte, change) end
end
for i = 1, 5 do redis.call('EXPIRE', KEYS[i], ARGV[1]) end
return state
