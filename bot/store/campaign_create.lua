-- Store a campaign once.  KEYS: campaign, to, state, count, people.  ARGV: order, packed recipients, size, lifetime.
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('HSET', KEYS[1], 'order', ARGV[1], 'state', 'queued', 'size', ARGV[3])
redis.call('SET', KEYS[2], ARGV[2])
redis.call('SET', KEYS[3], string.rep('.', tonumber(ARGV[3])))
redis.call('HSET', KEYS[4], '.', ARGV[3])
for i = 1, 4 do redis.call('EXPIRE', KEYS[i], ARGV[4]) end
return 1
