-- Replace a section, if it still is what was read.  KEYS: team.  ARGV: section, what was read ('': nothing), new.
-- Answer: 1 if it was replaced.
if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
