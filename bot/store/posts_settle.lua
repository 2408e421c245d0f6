-- A try has ended.  KEYS: queue, items, state, posted today…
-- ARGV: 'done', key, revision, ms until the next turn, 'once' or '', seconds to remember
--    or 'retry', key, revision, ms until the next turn, unclear 0/1, plain 0/1, refused 0/1.
local now = redis.call('TIME')
now = now[1] * 1000 + math.floor(now[2] / 1000)
local key = ARGV[2]
redis.call('HSET', KEYS[3], 'next', string.format('%d', now + tonumber(ARGV[4])))
if ARGV[1] == 'retry' then
  redis.call('HSET', KEYS[2], key .. '\0unclear', ARGV[5])
  if ARGV[6] == '1' then redis.call('HSET', KEYS[2], key .. '\0plain', 1) end
  redis.call('HINCRBY', KEYS[2], key .. '\0refused', ARGV[7])
  return 1
end
if ARGV[5] == 'once' then
  redis.call('SADD', KEYS[4], key)
  redis.call('EXPIRE', KEYS[4], ARGV[6])
end
if redis.call('HGET', KEYS[2], key .. '\0revision') == ARGV[3] or ARGV[5] == 'once' then
  redis.call('ZREM', KEYS[1], key)
  redis.call('HDEL', KEYS[2], key, key .. '\0revision', key .. '\0queued')
elseif redis.call('ZSCORE', KEYS[1], key) then
  -- It changed meanwhile: it waits anew, behind the others of its urgency, so that a card that never stops changing does
  -- not keep them from their turn.
  local urgency = math.floor(redis.call('ZSCORE', KEYS[1], key) / 1e12)
  redis.call('ZADD', KEYS[1], urgency * 1e12 + 5e11 + redis.call('HGET', KEYS[2], key .. '\0revision'), key)
  redis.call('HSET', KEYS[2], key .. '\0queued', math.floor(now / 1000))
end
for _, word in ipairs({ 'tried', 'unclear', 'plain', 'refused' }) do
  redis.call('HDEL', KEYS[2], key .. '\0' .. word)
end
return 1
