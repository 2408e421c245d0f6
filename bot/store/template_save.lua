-- Write a saved answer, if it is as it was read and its name is free.
-- KEYS: templates.  ARGV: id, revision that was read (0: it is new), hash of its name, entry, most.
-- An entry is "revision name JSON".  Answer: 'done', 'same', 'changed', 'taken', 'full' or 'gone'.
local id, revision, name, entry = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local old = redis.call('HGET', KEYS[1], id)
if old == entry then return 'same' end
if old and string.match(old, '^%d+') ~= revision then return 'changed' end
if not old and revision ~= '0' then return 'gone' end
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  if all[i] ~= id and string.match(all[i + 1], '^%d+ (%x+) ') == name then return 'taken' end
end
if not old and #all / 2 >= tonumber(ARGV[5]) then return 'full' end
redis.call('HSET', KEYS[1], id, entry)
return 'done'
