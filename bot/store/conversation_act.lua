-- Something is done to a conversation, in one step.  KEYS: conversation, heard, texts.
-- ARGV: lifetime, now, verb, and what the verb takes.
-- Answer: 'done', 'same' (it was so already), 'no' (not possible any more) or 'gone', then all fields and values.
local now, verb, a, b, c = tonumber(ARGV[2]), ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local key = KEYS[1]
if not redis.call('HGET', key, 'id') then return { 'gone' } end
local names = { 'owner', 'state', 'since', 'snooze', 'last_in', 'last_out', 'blocked', 'composing', 'reminded', 'owed',
  'standing', 'reopened', 'unshown', 'answered_by', 'put_off', 'answering', 'answers' }
local values, now_is = redis.call('HMGET', key, unpack(names)), {}
for i, name in ipairs(names) do now_is[name] = values[i] or '' end
local function number(name) return tonumber(now_is[name]) or 0 end
-- Who has them from now on is reminded too, as if the waiting began now, if somebody was reminded before.
local function remind_anew()
  if number('reminded') > 0 then redis.call('HSET', key, 'reminded', 0, 'reminded_at', now) end
end

local verbs = {}
function verbs.claim() -- a: who
  if now_is.owner == a then return 'same' end
  if now_is.owner ~= '' then return 'no' end
  redis.call('HSET', key, 'owner', a)
  remind_anew()
end
function verbs.hand_over() -- a: to whom
  if now_is.owner == a then return 'same' end
  redis.call('HSET', key, 'owner', a)
  remind_anew()
end
function verbs.snooze() -- a: until when (0: until they write), b: when they wrote last, as in resolve, c: who
  if now_is.state == 'resolved' then return 'no' end
  if now_is.state == 'snoozed' and number('snooze') == tonumber(a) then return 'same' end
  if b ~= '' and number('last_in') ~= tonumber(b) then return 'no' end
  redis.call('HSET', key, 'state', 'snoozed', 'snooze', a, 'snoozed_by', c)
end
function verbs.wake() -- whoever waits begins to wait anew, for the reminders
  if now_is.state ~= 'snoozed' or number('snooze') == 0 or number('snooze') > now then return 'no' end
  redis.call('HSET', key, 'state', 'open', 'snooze', 0, 'reopened', now, 'reminded', 0, 'unshown', now)
end
function verbs.resolve() -- a: when they wrote last, as it was seen ('' = whatever it was), b: who
  if now_is.state == 'resolved' then return 'same' end
  if a ~= '' and number('last_in') ~= tonumber(a) then return 'no' end
  redis.call('HSET', key, 'state', 'resolved', 'ended', now, 'ended_by', b, 'since', 0, 'snooze', 0,
    'owed', 0, 'put_off', now_is.since)
end
function verbs.rest() -- a: seconds of silence after the team's last SMS (or after it was opened again by hand)
  local last = math.max(number('last_out'), number('reopened'))
  if now_is.state ~= 'open' or number('since') > 0 or last == 0 or now - last < tonumber(a) then return 'no' end
  redis.call('HSET', key, 'state', 'resolved', 'ended', now, 'ended_by', '', 'snooze', 0, 'owed', 0,
    'unshown', now)
end
function verbs.reopen() -- from its sleep too; whoever waited when it was resolved waits again
  if now_is.state == 'open' then return 'same' end
  if now_is.blocked ~= '' then return 'no' end
  redis.call('HSET', key, 'state', 'open', 'snooze', 0, 'reopened', now, 'reminded', 0)
  if number('since') == 0 and number('put_off') > 0 then redis.call('HSET', key, 'since', now_is.put_off) end
end
function verbs.block() -- a: who
  if now_is.blocked ~= '' then return 'same' end
  redis.call('HSET', key, 'blocked', a, 'state', 'resolved', 'ended', now, 'ended_by', a, 'since', 0, 'snooze', 0,
    'owed', 0, 'put_off', number('since') > 0 and now_is.since or now_is.put_off)
end
function verbs.unblock()
  if now_is.blocked == '' then return 'same' end
  redis.call('HSET', key, 'blocked', '')
end
function verbs.compose() -- a: who, b: until when
  redis.call('HSET', key, 'composing', a .. ' ' .. b)
end
function verbs.put_down() -- a: who
  if string.match(now_is.composing, '^%S+') ~= a then return 'same' end
  redis.call('HSET', key, 'composing', '')
end
function verbs.forget_composer() -- whose time is over
  local until_when = tonumber(string.match(now_is.composing, '%s(%S+)$'))
  if not until_when then return 'same' end
  if until_when > now then return 'no' end
  redis.call('HSET', key, 'composing', '')
end
function verbs.remind() -- a: when the spell of waiting began, b: which reminder
  if number('since') == 0 or now_is.state ~= 'open' then return 'no' end
  if math.max(number('since'), number('reopened')) ~= tonumber(a) then return 'no' end
  if number('reminded') >= tonumber(b) then return 'no' end
  redis.call('HSET', key, 'reminded', b, 'reminded_at', now)
end
function verbs.shown() -- a: what its card says by now
  if number('unshown') ~= tonumber(a) then return 'same' end
  redis.call('HSET', key, 'unshown', 0)
end
-- An answer is remembered with the waiting that it ended (``owed``: since when they had waited). Several may have
-- ended the same one; when all of them came to nothing (``standing``: how many did not), they wait again.
-- It is remembered too with how things stood, so that it can be taken back as if it had never been written.
function verbs.say() -- a: campaign, b: author ('' = the desk by itself), c: its entry for the texts; then texts to
  -- keep, and when they wrote last, as the author saw it ('' = whatever it was): what came later still waits
  if redis.call('HEXISTS', KEYS[2], 'out:' .. a) == 1 then return 'same' end
  local owed, standing = now_is.since, 1
  if number('since') == 0 then owed, standing = now_is.owed, number('standing') + 1 end
  local entry = { 'said', ARGV[2] }
  if b ~= '' then
    local owner = now_is.owner ~= '' and now_is.owner or '-'
    local last = now_is.answered_by ~= '' and now_is.answered_by or '-'
    local stood = { owed, now_is.state, now_is.snooze, owner, now_is.last_in, now_is.reopened, now_is.last_out, last,
      now_is.put_off }
    for _, word in ipairs(stood) do
      table.insert(entry, word ~= '' and word or '0')
    end
  end
  redis.call('HSET', KEYS[2], 'out:' .. a, table.concat(entry, ' '))
  redis.call('RPUSH', KEYS[3], c)
  redis.call('LTRIM', KEYS[3], -tonumber(ARGV[7]), -1)
  if b == '' then return 'done' end -- no answer of a person, so they still wait
  local unseen = ARGV[8] ~= '' and number('since') > 0 and number('last_in') > tonumber(ARGV[8])
  redis.call('HSET', key, 'last_out', now, 'state', 'open', 'snooze', 0, 'owed', owed, 'put_off', 0, 'answering', '')
  redis.call('HSET', key, 'since', unseen and now_is.last_in or 0)
  if unseen then redis.call('HSET', key, 'reminded', 0) end
  redis.call('HSET', key, 'standing', standing, 'answered_by', b)
  redis.call('HINCRBY', key, 'answers', 1)
  if now_is.owner == '' then redis.call('HSET', key, 'owner', b) end
  if string.match(now_is.composing, '^%S+') == b then redis.call('HSET', key, 'composing', '') end
end
function verbs.unsay() -- a: campaign whose SMS did not leave, b: 1 if it was taken back
  local said = redis.call('HGET', KEYS[2], 'out:' .. a) or ''
  if said == '' or string.sub(said, 1, 6) == 'unsaid' then return 'same' end
  local at, owed, state, snooze, owner, heard, opened, out, last = string.match(said, '^said' .. string.rep(' (%S+)', 9))
  local stood = at and string.gsub(string.sub(said, 5), ' late$', '') or ''
  redis.call('HSET', KEYS[2], 'out:' .. a, 'unsaid ' .. ARGV[2] .. stood)
  if not at then return 'done' end -- the desk said it by itself
  local untouched = now_is.state == 'open' and number('last_out') == tonumber(at)
    and number('last_in') == tonumber(heard) and number('reopened') == tonumber(opened)
  if b == '1' and untouched then
    redis.call('HSET', key, 'state', state, 'snooze', snooze, 'last_out', out, 'answered_by', last == '-' and '' or last)
    redis.call('HSET', key, 'put_off', string.match(said, '(%S+)$'))
    if owner == '-' and now_is.owner == now_is.answered_by then redis.call('HSET', key, 'owner', '') end
  end
  if number('owed') == 0 or owed ~= now_is.owed then return 'done' end
  redis.call('HINCRBY', key, 'standing', -1)
  if number('standing') > 1 then return 'done' end
  redis.call('HSET', key, 'owed', 0)
  if now_is.state ~= 'resolved' and (number('since') == 0 or number('since') > number('owed')) then
    redis.call('HSET', key, 'since', now_is.owed)
    if number('reminded') >= 2 then remind_anew() end -- else the next one is still to come
  end
end
function verbs.say_after_all() -- a: a person's campaign that was unsaid, and left all the same: it ended the waiting
  local said = redis.call('HGET', KEYS[2], 'out:' .. a) or ''
  if string.sub(said, -5) == ' late' then return 'done' end -- whoever did this may have died before it was told
  local at, owed = string.match(said, '^unsaid %S+ (%S+) (%S+)')
  if not at then return 'same' end
  redis.call('HSET', KEYS[2], 'out:' .. a, 'said' .. string.match(said, '^unsaid %S+( .*)$') .. ' late')
  if number('since') > 0 and number('since') <= tonumber(at) then
    redis.call('HSET', key, 'since', number('last_in') > tonumber(at) and now_is.last_in or 0, 'reminded', 0)
    redis.call('HSET', key, 'owed', now_is.since, 'standing', 1)
  elseif number('owed') > 0 and owed == now_is.owed then
    redis.call('HINCRBY', key, 'standing', 1)
  end
end
function verbs.begin_answer() -- a: campaign, b: author, c: until when; then how many answers they know of ('': all)
  if redis.call('HEXISTS', KEYS[2], 'out:' .. a) == 1 then return 'same' end
  if ARGV[7] ~= '' and number('answers') ~= tonumber(ARGV[7]) and now_is.answered_by ~= b then return 'no' end
  local whose, until_when = string.match(now_is.answering, '^%S+ (%S+) (%S+)$')
  if whose and whose ~= b and tonumber(until_when) > now then return 'no' end
  redis.call('HSET', key, 'answering', table.concat({ a, b, c }, ' '))
end
function verbs.end_answer() -- a: campaign that a guard has refused
  if string.match(now_is.answering, '^%S+') ~= a then return 'same' end
  redis.call('HSET', key, 'answering', '')
end

local word = verbs[verb]() or 'done'
for i = 1, 3 do redis.call('EXPIRE', KEYS[i], ARGV[1]) end
local answer = redis.call('HGETALL', key)
table.insert(answer, 1, word)
return answer
