-- Counts one person's look-ups, if the person's role allows another.
--
-- KEYS: minute (id -> when), day (count)
-- ARGV: id, look-ups a minute, look-ups a day (0: any number)
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local rate, daily = tonumber(ARGV[2]), tonumber(ARGV[3])
if daily > 0 and tonumber(redis.call('GET', KEYS[2]) or 0) >= daily then return { -1, 0 } end
if rate > 0 then
  redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - 60000)
  if redis.call('ZCARD', KEYS[1]) >= rate then
    local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
    return { -2, math.max(1, oldest[2] + 60000 - now) }
  end
  redis.call('ZADD', KEYS[1], now, ARGV[1])
  redis.call('PEXPIRE', KEYS[1], 61000)
end
redis.call('INCR', KEYS[2])
-- A day and an hour more on each side, as clocks differ.
redis.call('PEXPIRE', KEYS[2], 26 * 3600 * 1000)
return { 1, 0 }
