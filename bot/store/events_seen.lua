-- Which of these fingerprints are known?  KEYS: the sets of the last days.  ARGV: fingerprints in one string, with blanks
-- between.  Answer: the places (from 0) of those that are, which are few.
local prints, seen, places = {}, {}, {}
for print in string.gmatch(ARGV[1], '%S+') do prints[#prints + 1] = print end
for _, key in ipairs(KEYS) do
  for i, hit in ipairs(redis.call('SMISMEMBER', key, unpack(prints))) do seen[i] = seen[i] or hit == 1 end
end
for i = 1, #prints do
  if seen[i] then places[#places + 1] = i - 1 end
end
return places
