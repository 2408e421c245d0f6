-- A drain ends.  KEYS: queue, items, state, posted…  ARGV: holder, 'leave' (though something waits) or ''.
-- Answer: 1 if it may end.
if redis.call('HGET', KEYS[3], 'holder') ~= ARGV[1] then return 1 end
if ARGV[2] == '' and redis.call('ZCARD', KEYS[1]) > 0 then return 0 end
redis.call('HDEL', KEYS[3], 'holder', 'held_until')
if ARGV[2] == '' then redis.call('HSET', KEYS[3], 'active', '0') end
return 1
