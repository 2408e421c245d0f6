-- A channel is lost: an anchor that stands there, or shall, is to stand elsewhere.  KEYS: anchor, its "seen".
-- ARGV: the lost channel, the other one, lifetime.  Answer: 1 if it was there.
local place = redis.call('GET', KEYS[1])
if not place or string.match(place, '^%S+') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2] .. ' -', 'EX', ARGV[3])
redis.call('DEL', KEYS[2])
return 1
