-- Queue a post once.  KEYS: queue, items, state, posted today, yesterday, and so on.
-- ARGV: key, document, urgency, 'once' or '', 'ahead' or '' (before the others of its urgency, in this order).
-- Answer: generation of the drain to start, 0 if one is at work.
local key = ARGV[1]
if ARGV[4] == 'once' then
  for day = 4, #KEYS do
    if redis.call('SISMEMBER', KEYS[day], key) == 1 then return 0 end
  end
end
-- Revisions never begin anew, so that a settlement that is repeated late cannot be taken for that of a newer post.
local revision = redis.call('HINCRBY', KEYS[3], 'order', 1)
redis.call('HSETNX', KEYS[2], key, ARGV[2])
redis.call('HSETNX', KEYS[2], key .. '\0queued', redis.call('TIME')[1])
-- What waits already keeps its place, unless it has become more urgent.
local behind = ARGV[5] == 'ahead' and 0 or 5e11
redis.call('ZADD', KEYS[1], 'LT', tonumber(ARGV[3]) * 1e12 + behind + revision, key)
redis.call('HSET', KEYS[2], key .. '\0revision', revision)
if redis.call('HGET', KEYS[3], 'active') == '1' then return 0 end
redis.call('HSET', KEYS[3], 'active', '1')
return redis.call('HINCRBY', KEYS[3], 'generation', 1)
