-- KEYS: the pace.  ARGV: milliseconds between two turns.  Reserves the next turn, answers how long to wait for it (ms).
local now = redis.call('TIME')
now = now[1] * 1000 + math.floor(now[2] / 1000)
local turn = math.max(now, tonumber(redis.call('GET', KEYS[1]) or 0))
local after = turn + tonumber(ARGV[1])
redis.call('SET', KEYS[1], string.format('%d', after), 'PX', math.max(1, after - now + 1000))
return turn - now
