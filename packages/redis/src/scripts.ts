/**
 * What runs inside Redis. A script is one step for every other client: that is what makes a look-up one snapshot and a commit
 * all or nothing. `ARGV[1]` is the prefix of all keys; with a hash tag in it they share one slot of a cluster.
 * @module
 */

/** `[key, partner]`, or nothing. `ARGV[2]`: id. */
export const FIND_KEY = `
local key = redis.call('HMGET', ARGV[1] .. 'key:' .. ARGV[2], 'record', 'partner')
if not key[1] then return false end
return { key[1], redis.call('HGET', ARGV[1] .. 'partner:' .. key[2], 'record') }
`

/** Partners, each once. `ARGV[2…]`: handles. */
export const FIND_PARTNERS = `
local seen, found = {}, {}
for at = 2, #ARGV do
  for _, id in ipairs(redis.call('SMEMBERS', ARGV[1] .. 'rule:' .. ARGV[at])) do
    if not seen[id] then
      seen[id] = true
      found[#found + 1] = redis.call('HGET', ARGV[1] .. 'partner:' .. id, 'record')
    end
  end
end
return found
`

/** Records in order of id. `ARGV[2]`: set of ids; `ARGV[3]`: `partner:` or `key:`; `ARGV[4]`: after; `ARGV[5]`: how many. */
export const LIST = `
local from = ARGV[4] == '' and '-' or '(' .. ARGV[4]
local found = {}
for _, id in ipairs(redis.call('ZRANGEBYLEX', ARGV[1] .. ARGV[2], from, '+', 'LIMIT', 0, ARGV[5])) do
  found[#found + 1] = redis.call('HGET', ARGV[1] .. ARGV[3] .. id, 'record')
end
return found
`

/** `number, record, number, record, …`. `ARGV[2]`: index (empty for the whole trail); `ARGV[3]`: after; `ARGV[4]`: how many. */
export const LIST_AUDIT = `
local found = {}
local function add(entry)
  found[#found + 1] = string.match(entry[1], '^%d+')
  found[#found + 1] = entry[2][2]
end
if ARGV[2] == '' then
  for _, entry in ipairs(redis.call('XRANGE', ARGV[1] .. 'audit', '(' .. ARGV[3] .. '-0', '+', 'COUNT', ARGV[4])) do add(entry) end
else
  for _, number in ipairs(redis.call('ZRANGEBYSCORE', ARGV[1] .. ARGV[2], '(' .. ARGV[3], '+inf', 'LIMIT', 0, ARGV[4])) do
    add(redis.call('XRANGE', ARGV[1] .. 'audit', number .. '-0', number .. '-0')[1])
  end
end
return found
`

/** 1 if done, 0 if a revision was another. `ARGV[2]`: the commit as JSON; `ARGV[3]`: the channel to tell it on. */
export const COMMIT = `
local prefix, commit = ARGV[1], cjson.decode(ARGV[2])

local function revision(kind, id)
  return tonumber(redis.call('HGET', prefix .. kind .. id, 'revision') or '0')
end

if commit.expect and revision('partner:', commit.expect.id) ~= commit.expect.revision then return 0 end
for _, write in ipairs(commit.partners) do
  if revision('partner:', write.id) ~= write.from then return 0 end
end
for _, write in ipairs(commit.keys) do
  if revision('key:', write.id) ~= write.from then return 0 end
  if write.record and redis.call('EXISTS', prefix .. 'partner:' .. write.partner) == 0 then return 0 end
end

local function deleteKey(id, partner)
  redis.call('DEL', prefix .. 'key:' .. id, prefix .. 'use:' .. id)
  redis.call('ZREM', prefix .. 'keys', id)
  redis.call('ZREM', prefix .. 'keys-of:' .. partner, id)
end

for _, write in ipairs(commit.partners) do
  local handles = prefix .. 'handles:' .. write.id
  for _, handle in ipairs(redis.call('SMEMBERS', handles)) do redis.call('SREM', prefix .. 'rule:' .. handle, write.id) end
  redis.call('DEL', handles)
  if write.record then
    redis.call('HSET', prefix .. 'partner:' .. write.id, 'revision', redis.call('INCR', prefix .. 'revision'), 'record', write.record)
    redis.call('ZADD', prefix .. 'partners', 0, write.id)
    for _, handle in ipairs(write.handles) do
      redis.call('SADD', handles, handle)
      redis.call('SADD', prefix .. 'rule:' .. handle, write.id)
    end
  else
    for _, id in ipairs(redis.call('ZRANGE', prefix .. 'keys-of:' .. write.id, 0, -1)) do deleteKey(id, write.id) end
    redis.call('DEL', prefix .. 'partner:' .. write.id)
    redis.call('ZREM', prefix .. 'partners', write.id)
  end
end

for _, write in ipairs(commit.keys) do
  if write.record then
    redis.call('HSET', prefix .. 'key:' .. write.id,
      'revision', redis.call('INCR', prefix .. 'revision'), 'record', write.record, 'partner', write.partner)
    redis.call('ZADD', prefix .. 'keys', 0, write.id)
    redis.call('ZADD', prefix .. 'keys-of:' .. write.partner, 0, write.id)
  else
    deleteKey(write.id, redis.call('HGET', prefix .. 'key:' .. write.id, 'partner') or '')
  end
end

for _, denial in ipairs(commit.deny) do redis.call('HSET', prefix .. 'denials', denial.handle, denial.record) end
for _, handle in ipairs(commit.allow) do redis.call('HDEL', prefix .. 'denials', handle) end

local number = redis.call('INCR', prefix .. 'audit-count')
redis.call('XADD', prefix .. 'audit', number .. '-0', 'record', commit.audit.record)
if commit.audit.partner then redis.call('ZADD', prefix .. 'audit-of-partner:' .. commit.audit.partner, number, number) end
if commit.audit.key then redis.call('ZADD', prefix .. 'audit-of-key:' .. commit.audit.key, number, number) end

for _, change in ipairs(commit.changes) do
  redis.call('PUBLISH', ARGV[3], redis.call('INCR', prefix .. 'changes') .. ' ' .. change)
end
return 1
`

/**
 * `ARGV[2]`: id; `ARGV[3]`: cause; `ARGV[4]`: the audit record as JSON, without its partner; `ARGV[5]`: the channel. The record is
 * changed as text: JSON that Lua has read and written again is not always what it was. No value in it can hold an unescaped quote.
 */
export const REVOKE = `
local prefix, id = ARGV[1], ARGV[2]
local key = redis.call('HMGET', prefix .. 'key:' .. id, 'record', 'partner')
if not key[1] then return 'unknown' end
if string.find(key[1], '"status":"revoked"', 1, true) then return 'unchanged' end
local record = string.gsub(key[1], ',"cause":"%a+"', '', 1)
local revoked, changed = string.gsub(record, '"status":"%a+"', '"status":"revoked","cause":"' .. ARGV[3] .. '"', 1)
if changed ~= 1 then return redis.error_reply('ERR not a key record') end
redis.call('HSET', prefix .. 'key:' .. id, 'revision', redis.call('INCR', prefix .. 'revision'), 'record', revoked)
redis.call('PUBLISH', ARGV[5], redis.call('INCR', prefix .. 'changes') .. ' {"keyId":' .. cjson.encode(id) .. '}')
local number = redis.call('INCR', prefix .. 'audit-count')
local audit = '{"partnerId":' .. cjson.encode(key[2]) .. ',' .. string.sub(ARGV[4], 2)
redis.call('XADD', prefix .. 'audit', number .. '-0', 'record', audit)
redis.call('ZADD', prefix .. 'audit-of-partner:' .. key[2], number, number)
redis.call('ZADD', prefix .. 'audit-of-key:' .. id, number, number)
return 'done'
`

/** `ARGV[2]`: a list of uses as JSON. */
export const ADD_USES = `
for _, use in ipairs(cjson.decode(ARGV[2])) do
  if redis.call('EXISTS', ARGV[1] .. 'key:' .. use.keyId) == 1 then
    local kept = ARGV[1] .. 'use:' .. use.keyId
    redis.call('HINCRBY', kept, 'uses', use.uses)
    if use.lastUsedAt >= (redis.call('HGET', kept, 'lastUsedAt') or '') then
      redis.call('HSET', kept, 'lastUsedAt', use.lastUsedAt, 'lastCertificate', use.lastCertificate or '')
    end
  end
end
return 1
`
