-- A drain goes on.  KEYS: queue, items, state, posted…  ARGV: holder, milliseconds that it may hold.
-- Answer: 1, or 0 if its hold was over and another one is at work by now.
if redis.call('HGET', KEYS[3], 'holder') ~= ARGV[1] then return 0 end
local now = redis.call('TIME')
redis.call('HSET', KEYS[3], 'held_until', now[1] * 1000 + math.floor(now[2] / 1000) + tonumber(ARGV[2]))
return 1
