-- Queue a post once.  KEYS: queue, items, state, posted today, yesterday, the day before.
-- ARGV: key, document, urgency, 'once' or ''.  Answer: generation of the drain to start, 0 if one is at work.
local key = ARGV[1]
if ARGV[4] == 'once' then
  for day = 4, 6 do
    if redis.call('SISMEMBER', KEYS[day], key) == 1 then return 0 end
  end
end
local revision = redis.call('HINCRBY', KEYS[2], key .. '\0revision', 1)
if revision == 1 then
  local order = redis.call('HINCRBY', KEYS[3], 'order', 1)
  redis.call('ZADD', KEYS[1], tonumber(ARGV[3]) * 1e12 + order, key)
  redis.call('HSET', KEYS[2], key, ARGV[2])
end
if redis.call('HGET', KEYS[3], 'active') == '1' then return 0 end
redis.call('HSET', KEYS[3], 'active', '1')
return redis.call('HINCRBY', KEYS[3], 'generation', 1)
