-- Count something of a campaign once.  KEYS: campaign, to, state, count, people.
-- ARGV: lifetime, what, mark, person or ''.
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
if redis.call('SADD', KEYS[5], ARGV[3]) == 0 then return 0 end
redis.call('HINCRBY', KEYS[4], ARGV[2], 1)
if ARGV[4] ~= '' and redis.call('SADD', KEYS[5], ARGV[2] .. ':' .. ARGV[4]) == 1 then
  redis.call('HINCRBY', KEYS[4], ARGV[2] .. '-people', 1)
end
for i = 1, 5 do redis.call('EXPIRE', KEYS[i], ARGV[1]) end
return 1
