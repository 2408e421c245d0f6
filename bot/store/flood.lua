-- Take a place in both flood windows of several numbers of one shard, or refuse; exact, one step per shard.
-- KEYS: the shard's four hour-hashes around the caller's hour (hour-2 … hour+1).
-- ARGV: caller's hour, mode (take | look | give), limit, limit of the same text, text hash (4 bytes), claim (4 bytes),
--       ms that the caller's time is ahead of Redis's (a sandbox's clock), numbers…
-- A number's log is a string of 12-byte entries: offset into the hour in ms (4, big-endian), text hash (4), claim (4).
-- Answer per number: 0 = there is room (and taken, if asked), else the time in ms since 1970 at which there will be.
local HOUR = 3600000
local now = redis.call('TIME')
now = now[1] * 1000 + math.floor(now[2] / 1000) + tonumber(ARGV[7])
local hour = math.floor(now / HOUR)
local first = tonumber(ARGV[1]) - 2
local current = hour - first + 1
if current < 2 or current > 4 then return redis.error_reply('CLOCK this machine and Redis differ by more than an hour') end
local mode, limit, same_limit, text, claim = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5], ARGV[6]
local earliest = now - HOUR

-- The entries of one hour-hash that still count, oldest first, added to the two lists of times.
local function read(log, start, all, same)
  local mine = false
  for at = 1, #log, 12 do
    local a, b, c, d = string.byte(log, at, at + 3)
    local time = start + ((a * 256 + b) * 256 + c) * 256 + d
    if time > earliest then
      all[#all + 1] = time
      local entry_text = string.sub(log, at + 4, at + 7)
      if entry_text == text then same[#same + 1] = time end
      if string.sub(log, at + 8, at + 11) == claim then mine = true end
    end
  end
  return mine
end

-- The log without entries that no longer count, and (if asked) without those of the claim.
local function keep(log, start, without)
  local kept = {}
  for at = 1, #log, 12 do
    local a, b, c, d = string.byte(log, at, at + 3)
    local time = start + ((a * 256 + b) * 256 + c) * 256 + d
    if time > earliest and string.sub(log, at + 8, at + 11) ~= without then
      kept[#kept + 1] = string.sub(log, at, at + 11)
    end
  end
  return table.concat(kept)
end

local function put(key, number, log, new)
  if new == log then return end
  if new == '' then redis.call('HDEL', key, number) else redis.call('HSET', key, number, new) end
end

local previous_key, key = KEYS[current - 1], KEYS[current]
local previous_start, start = (hour - 1) * HOUR, hour * HOUR
local offset = now - start
local entry = string.char(
  math.floor(offset / 16777216) % 256, math.floor(offset / 65536) % 256, math.floor(offset / 256) % 256, offset % 256
) .. text .. claim
-- All logs at once: a call a number would take longer than everything else here. A number that is named twice takes one
-- place, as both times the same entry is put after the same log.
local befores = redis.call('HMGET', previous_key, unpack(ARGV, 8))
local logs = redis.call('HMGET', key, unpack(ARGV, 8))
local answers, took = {}, false
for i = 8, #ARGV do
  local number, before, log = ARGV[i], befores[i - 7] or '', logs[i - 7] or ''
  if mode == 'give' then
    put(previous_key, number, before, keep(before, previous_start, claim))
    put(key, number, log, keep(log, start, claim))
    answers[#answers + 1] = 0
  else
    local all, same = {}, {}
    local mine = read(before, previous_start, all, same)
    mine = read(log, start, all, same) or mine
    local free = 0
    if not mine then
      if #all >= limit then free = (limit > 0 and all[#all - limit + 1] or now) + HOUR end
      if #same >= same_limit then
        free = math.max(free, (same_limit > 0 and same[#same - same_limit + 1] or now) + HOUR)
      end
    end
    if mode == 'take' and free == 0 and not mine then
      put(key, number, log, keep(log, start, '') .. entry)
      took = true
    end
    answers[#answers + 1] = free
  end
end
if took then redis.call('EXPIRE', key, 7200) end
return answers
