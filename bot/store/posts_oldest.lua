-- Since when does the oldest post of a channel wait?  KEYS: queue, items.  Answer: epoch seconds, or '' if none waits.
-- Within an urgency they stand in order, so the first of each is looked at.
local oldest
for urgency = -1, 2 do
  local range = { urgency * 1e12, '(' .. (urgency + 1) * 1e12, 'LIMIT', 0, 1 }
  local key = redis.call('ZRANGEBYSCORE', KEYS[1], unpack(range))[1]
  local since = key and tonumber(redis.call('HGET', KEYS[2], key .. '\0queued'))
  if since and (not oldest or since < oldest) then oldest = since end
end
return oldest and tostring(oldest) or ''
