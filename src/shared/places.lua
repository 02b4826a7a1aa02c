-- The places of one token, handed out among processes in the order in which they asked.
--
-- KEYS: places (id -> end of its lease), waiting (id -> ticket), processes (name -> alive until),
--       tickets, hold (while the quota is spent), minute (id -> when its look-up passed),
--       counts (places that there are, as a process was told -> until when that counts)
-- ARGV: what to do, id, places, lease in ms, alive in ms, most that may wait, look-ups a minute
--       (0: this one does not count), then for "beat" the ids that are held
-- An id is "<process>:<number>". Only the server's clock counts.
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local P, W, A, T, hold, minute, C = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7]
local what, id, places, lease, alive = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local process = string.match(id, '^[^:]+')

if what == 'ask' or what == 'beat' then redis.call('ZADD', C, now + lease, places) end
redis.call('ZREMRANGEBYSCORE', C, '-inf', now)
-- Processes that were told different numbers keep to the smallest.
for _, count in ipairs(redis.call('ZRANGE', C, 0, -1)) do places = math.min(places, tonumber(count)) end

local function finish(answer, wait)
  -- Whatever way it ends, nothing outlives its processes for long.
  for _, key in ipairs({ P, W, A, T, C }) do redis.call('PEXPIRE', key, 10 * math.max(lease, alive)) end
  return { answer, wait, places }
end
local function wake()
  local free = places - redis.call('ZCARD', P)
  if free > 0 then
    for _, next in ipairs(redis.call('ZRANGE', W, 0, free - 1)) do
      redis.call('PUBLISH', CHANNEL .. string.match(next, '^[^:]+'), next)
    end
  end
end
local function forget(dead)
  for _, next in ipairs(redis.call('ZRANGE', W, 0, -1)) do
    if string.match(next, '^[^:]+') == dead then redis.call('ZREM', W, next) end
  end
end

redis.call('ZREMRANGEBYSCORE', P, '-inf', now)
for _, dead in ipairs(redis.call('ZRANGEBYSCORE', A, '-inf', now)) do
  redis.call('ZREM', A, dead)
  forget(dead)
end

if what == 'bye' then
  for _, held in ipairs(redis.call('ZRANGE', P, 0, -1)) do
    if string.match(held, '^[^:]+') == process then redis.call('ZREM', P, held) end
  end
  forget(process)
  redis.call('ZREM', A, process)
  wake()
  return finish(1, 0)
end

redis.call('ZADD', A, now + alive, process)
if what == 'beat' then
  for index = 8, #ARGV do
    -- Also one that the store has forgotten, as after a restart: it is still in use.
    redis.call('ZADD', P, now + lease, ARGV[index])
  end
  wake()
  return finish(1, 0)
end
if what == 'leave' then
  if redis.call('ZREM', P, id) + redis.call('ZREM', W, id) > 0 then wake() end
  return finish(1, 0)
end

-- What is left is to ask.
local held = redis.call('PTTL', hold)
-- Whoever is refused leaves the queue with a call of its own.
if held > 0 then return finish(-2, held) end
local rate = tonumber(ARGV[7])
if rate > 0 then
  redis.call('ZREMRANGEBYSCORE', minute, '-inf', now - 60000)
  if redis.call('ZCARD', minute) >= rate then
    local oldest = redis.call('ZRANGE', minute, 0, 0, 'WITHSCORES')
    return finish(-3, math.max(1, oldest[2] + 60000 - now))
  end
end
if not redis.call('ZSCORE', W, id) then
  if redis.call('ZCARD', W) >= tonumber(ARGV[6]) then return finish(-1, 0) end
  redis.call('ZADD', W, redis.call('INCR', T), id)
end
if redis.call('ZRANK', W, id) < places - redis.call('ZCARD', P) then
  redis.call('ZREM', W, id)
  redis.call('ZADD', P, now + lease, id)
  if rate > 0 then
    redis.call('ZADD', minute, now, id)
    redis.call('PEXPIRE', minute, 61000)
  end
  return finish(1, 0)
end
-- How long until something changes by itself, should no message arrive.
local soon = alive
for _, key in ipairs({ P, A }) do
  local first = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')
  if first[2] then soon = math.min(soon, first[2] - now + 1) end
end
return finish(0, math.max(1, math.floor(soon)))
