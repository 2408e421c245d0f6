-- Remember an opt-out.  KEYS: the number's entry.  ARGV: entry, mark of the event that tells of it ('' = a list).
-- Answer: what is remembered. The first event stays; it replaces what was only learned from a list, and told to nobody.
local known = redis.call('GET', KEYS[1])
if known and (ARGV[2] == '' or cjson.decode(known).mark ~= '') then return known end
redis.call('SET', KEYS[1], ARGV[1])
return ARGV[1]
