-- An SMS came in, once, by whichever way it reached us.
-- KEYS: conversation, heard, texts.
-- ARGV: lifetime, now, id if it is new, the SMS's mark, campaign or '', channel if a thread begins, seconds after which
--       a resolved conversation begins a new thread (-1: never), 1 if it wants an answer, how it came (webhook | list),
--       its own date (seconds, or ''), hash of its text, its entry for the texts, texts to keep, seconds by which the
--       dates of the two ways may differ, since when they wait for its answer.
-- Answer: 'new', 'again' (this very mark), or 'paired' (the other way brought it before), then all fields and values.
local kept, now, mark, way, date, hash = ARGV[1], ARGV[2], ARGV[4], ARGV[9], ARGV[10], ARGV[11]

local word = 'new'
local known = redis.call('HGET', KEYS[2], mark)
if known then
  word = string.sub(known, -4) == 'copy' and 'paired' or 'again'
elseif date ~= '' then
  -- An entry is "way date hash state"; each can stand for one of the other way.
  local all = redis.call('HGETALL', KEYS[2])
  for i = 1, #all, 2 do
    local other, at, text, state = string.match(all[i + 1], '^(%S+) (%S+) (%S+) (%S+)$')
    local said = string.match(all[i + 1], '^%l*said (%S+)')
    if said and now - said > 2592000 then
      redis.call('HDEL', KEYS[2], all[i])
    elseif other and at ~= '-' and date - at > 604800 then
      redis.call('HDEL', KEYS[2], all[i])
    elseif word == 'new' and other and other ~= way and text == hash and state == 'free' and at ~= '-'
        and math.abs(at - date) <= tonumber(ARGV[14]) then
      redis.call('HSET', KEYS[2], all[i], table.concat({ other, at, text, 'told' }, ' '))
      word = 'paired'
    end
  end
end
if not known then
  local entry = { way, date == '' and '-' or date, hash, word == 'paired' and 'copy' or 'free' }
  redis.call('HSET', KEYS[2], mark, table.concat(entry, ' '))
end

if word == 'new' then
  local state = redis.call('HMGET', KEYS[1], 'state', 'ended', 'blocked', 'since')
  if not redis.call('HGET', KEYS[1], 'id') then
    redis.call('HSET', KEYS[1], 'id', ARGV[3], 'opened', now, 'opened_by', mark, 'episode', 1,
      'channel', ARGV[6], 'state', 'resolved')
  elseif state[1] == 'resolved' and (state[3] or '') == '' and tonumber(ARGV[7]) >= 0
      and now - (state[2] or now) >= tonumber(ARGV[7]) then -- what a blocked one writes opens nothing
    redis.call('HINCRBY', KEYS[1], 'episode', 1)
    redis.call('HSET', KEYS[1], 'channel', ARGV[6], 'owner', '', 'opened_by', mark)
  end
  redis.call('HSET', KEYS[1], 'last_in', now)
  redis.call('HINCRBY', KEYS[1], 'replies', 1)
  if ARGV[5] ~= '' then redis.call('HSET', KEYS[1], 'campaign', ARGV[5]) end
  if ARGV[8] == '1' and (state[3] or '') == '' then
    redis.call('HSET', KEYS[1], 'state', 'open', 'snooze', 0, 'put_off', 0)
    local waits = tonumber(state[4] or 0) > 0
    if not waits or tonumber(ARGV[15]) < tonumber(state[4]) then
      -- The team has it from now on: that is when the time to the next reminder begins.
      redis.call('HSET', KEYS[1], 'since', ARGV[15], 'reminded_at', now)
    end
    if state[1] == 'snoozed' then redis.call('HSET', KEYS[1], 'reopened', now) end
    if not waits or state[1] == 'snoozed' then redis.call('HSET', KEYS[1], 'waits_for', mark, 'reminded', 0) end
  end
  redis.call('RPUSH', KEYS[3], ARGV[12])
  redis.call('LTRIM', KEYS[3], -tonumber(ARGV[13]), -1)
end
for i = 1, 3 do redis.call('EXPIRE', KEYS[i], kept) end
local answer = redis.call('HGETALL', KEYS[1])
table.insert(answer, 1, word)
return answer
