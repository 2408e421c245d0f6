-- The next post of a channel.  KEYS: queue, items, state, posted…  ARGV: holder, milliseconds that it may hold.
-- A taken post counts as tried and unclear until it is settled: if its taker dies, the next one looks in Slack first.
local now = redis.call('TIME')
now = now[1] * 1000 + math.floor(now[2] / 1000)
local state = redis.call('HMGET', KEYS[3], 'holder', 'held_until', 'next')
if state[1] and state[1] ~= ARGV[1] and tonumber(state[2] or 0) > now then return { 'busy' } end
redis.call('HSET', KEYS[3], 'holder', ARGV[1], 'held_until', now + tonumber(ARGV[2]))
local key = redis.call('ZRANGE', KEYS[1], 0, 0)[1]
if not key then return { 'empty' } end
local next_turn = tonumber(state[3] or 0)
if next_turn > now then return { 'wait', next_turn - now } end
local tried = redis.call('HINCRBY', KEYS[2], key .. '\0tried', 1)
local about = { key, key .. '\0unclear', key .. '\0revision', key .. '\0plain', key .. '\0refused' }
local item = redis.call('HMGET', KEYS[2], unpack(about))
redis.call('HSET', KEYS[2], key .. '\0unclear', 1)
return { 'post', item[1], tried, item[2] or 0, item[3], item[4] or 0, item[5] or 0 }
