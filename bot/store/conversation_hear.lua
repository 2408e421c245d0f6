-- A reply is heard, once.  KEYS: conversation, heard.  ARGV: lifetime, now, id if it is new, the reply's mark, campaign or ''.
-- Answer: 1 if this reply opened the conversation (also when it is told again) or 0, then all fields and values.
local opened = redis.call('HGET', KEYS[1], 'opened_by')
if not opened then
  redis.call('DEL', KEYS[2])
  redis.call('HSET', KEYS[1], 'id', ARGV[3], 'opened', ARGV[2], 'opened_by', ARGV[4], 'replies', 0, 'campaign', ARGV[5])
  opened = ARGV[4]
end
if redis.call('SADD', KEYS[2], ARGV[4]) == 1 then
  redis.call('HSET', KEYS[1], 'last_in', ARGV[2])
  redis.call('HINCRBY', KEYS[1], 'replies', 1)
  if ARGV[5] ~= '' then redis.call('HSET', KEYS[1], 'campaign', ARGV[5]) end
end
redis.call('EXPIRE', KEYS[1], ARGV[1])
redis.call('EXPIRE', KEYS[2], ARGV[1])
local answer = redis.call('HGETALL', KEYS[1])
table.insert(answer, 1, opened == ARGV[4] and 1 or 0)
return answer
