-- Delete a saved answer, if it is as it was read.
-- KEYS: templates.  ARGV: id, revision that was read.  Answer: 'done', 'changed' or 'gone'.
local old = redis.call('HGET', KEYS[1], ARGV[1])
if not old then return 'gone' end
if string.match(old, '^%d+') ~= ARGV[2] then return 'changed' end
redis.call('HDEL', KEYS[1], ARGV[1])
return 'done'
