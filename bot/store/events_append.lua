-- Webhooks of one partition, in the order in which they came: one call for all that are at hand.
-- KEYS: stream.  ARGV: kind, body and fingerprint in turn.
for i = 1, #ARGV, 3 do
  redis.call('XADD', KEYS[1], '*', 'kind', ARGV[i], 'body', ARGV[i + 1], 'print', ARGV[i + 2])
end
return #ARGV / 3
