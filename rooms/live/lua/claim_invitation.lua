-- claim_invitation: take the one invitation a visitor may get during a visit.
-- KEYS 1 visits (sorted set)  2 invited (hash)
-- ARGV 1 account  2 now  3 who invites
-- returns "" when it was taken, or by the same who took it; "gone" when the buyer is not in the room; else
-- who has taken it
local ends = redis.call("ZSCORE", KEYS[1], ARGV[1])
if not ends or tonumber(ends) <= tonumber(ARGV[2]) then
  return "gone"
end
if redis.call("HSETNX", KEYS[2], ARGV[1], ARGV[3]) == 1 then
  return ""
end
return redis.call("HGET", KEYS[2], ARGV[1])
