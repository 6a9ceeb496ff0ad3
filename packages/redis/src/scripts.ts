/**
 * What runs inside Redis. A script is one step for every other client: that is what makes a look-up one snapshot and a commit
 * all or nothing. `ARGV[1]` is the prefix of all keys; with a hash tag in it they share one slot of a cluster.
 *
 * Commits are numbered. The number of a commit is the id of its audit record, the revision of all that it writes, and what its
 * message to the watchers begins with: `<number> <change> <change> …`.
 *
 * A revocation is written down in `revoking` and told, both by bare commands, before a script makes a commit of it: so it is told
 * as soon as a message can be. What is written down holds from then on, and if whoever wrote it is gone, the next script settles it.
 * @module
 */
import { createHash } from 'node:crypto'

export interface Script {
  readonly text: string
  /** What Redis remembers it by. */
  readonly digest: string
}

function script(text: string): Script {
  return { text, digest: createHash('sha1').update(text).digest('hex') }
}

/** `[key, partner, revocation that is not settled or nothing]`, or nothing. `ARGV[2]`: id. */
export const FIND_KEY: Script = script(`
local key = redis.call('HMGET', ARGV[1] .. 'key:' .. ARGV[2], 'record', 'partner')
if not key[1] then return false end
return {
  key[1],
  redis.call('HGET', ARGV[1] .. 'partner:' .. key[2], 'record'),
  redis.call('HGET', ARGV[1] .. 'revoking', ARGV[2]),
}
`)

/** Partners, each once. `ARGV[2…]`: handles. */
export const FIND_PARTNERS: Script = script(`
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
`)

/**
 * `add_audit` adds a record to the trail. `settle` makes a commit of a revocation that was written down; `settle_all` of all of
 * them. The key record is changed as text: JSON that Lua has read and written again is not always what it was. No value in it can
 * hold an unescaped quote. A record that is not of its form stays as it is, and so does what was written down against it.
 */
const SETTLE = `
local prefix = ARGV[1]

local function add_audit(number, partner, key, record)
  redis.call('XADD', prefix .. 'audit', number .. '-0', 'record', record)
  if partner then redis.call('ZADD', prefix .. 'audit-of-partner:' .. partner, number, number) end
  if key then redis.call('ZADD', prefix .. 'audit-of-key:' .. key, number, number) end
end

local function settle(id)
  local revocation = redis.call('HGET', prefix .. 'revoking', id)
  if not revocation then return end
  local key = redis.call('HMGET', prefix .. 'key:' .. id, 'record', 'partner')
  if key[1] and not string.find(key[1], '"status":"revoked"', 1, true) then
    local cause, audit = string.match(revocation, '^(%a+) {(.*)$')
    local record = string.gsub(key[1], ',"cause":"%a+"', '', 1)
    local revoked, changed = string.gsub(record, '"status":"%a+"', '"status":"revoked","cause":"' .. cause .. '"', 1)
    if changed ~= 1 then return end
    local number = redis.call('INCR', prefix .. 'commits')
    redis.call('HSET', prefix .. 'key:' .. id, 'revision', number, 'record', revoked)
    add_audit(number, key[2], id, '{"partnerId":"' .. key[2] .. '",' .. audit)
    redis.call('PUBLISH', prefix .. 'changes', number .. ' key:' .. id)
  end
  redis.call('HDEL', prefix .. 'revoking', id)
end

local function settle_all()
  for _, id in ipairs(redis.call('HKEYS', prefix .. 'revoking')) do settle(id) end
end
`

/** 1, or 0 if there is no such key. `ARGV[2]`: id. */
export const SETTLE_KEY: Script = script(`${SETTLE}
settle(ARGV[2])
return redis.call('EXISTS', prefix .. 'key:' .. ARGV[2])
`)

/** `[record, revision]`. `ARGV[2]`: the name of a partner or key. */
export const LOAD: Script = script(`${SETTLE}
settle_all()
return redis.call('HMGET', prefix .. ARGV[2], 'record', 'revision')
`)

/** Records in order of id. `ARGV[2]`: set of ids; `ARGV[3]`: `partner:` or `key:`; `ARGV[4]`: after; `ARGV[5]`: how many. */
export const LIST: Script = script(`${SETTLE}
settle_all()
local from = ARGV[4] == '' and '-' or '(' .. ARGV[4]
local found = {}
for _, id in ipairs(redis.call('ZRANGEBYLEX', prefix .. ARGV[2], from, '+', 'LIMIT', 0, ARGV[5])) do
  found[#found + 1] = redis.call('HGET', prefix .. ARGV[3] .. id, 'record')
end
return found
`)

/** `number, record, number, record, …`. `ARGV[2]`: index (empty for the whole trail); `ARGV[3]`: after; `ARGV[4]`: how many. */
export const LIST_AUDIT: Script = script(`${SETTLE}
settle_all()
local found = {}
local function add(entry)
  found[#found + 1] = string.match(entry[1], '^%d+')
  found[#found + 1] = entry[2][2]
end
if ARGV[2] == '' then
  for _, entry in ipairs(redis.call('XRANGE', prefix .. 'audit', '(' .. ARGV[3] .. '-0', '+', 'COUNT', ARGV[4])) do add(entry) end
else
  for _, number in ipairs(redis.call('ZRANGEBYSCORE', prefix .. ARGV[2], '(' .. ARGV[3], '+inf', 'LIMIT', 0, ARGV[4])) do
    add(redis.call('XRANGE', prefix .. 'audit', number .. '-0', number .. '-0')[1])
  end
end
return found
`)

/** 1 if done, 0 if a revision was another. `ARGV[2]`: the commit as JSON. */
export const COMMIT: Script = script(`${SETTLE}
settle_all()
local commit = cjson.decode(ARGV[2])

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

local number = redis.call('INCR', prefix .. 'commits')

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
    redis.call('HSET', prefix .. 'partner:' .. write.id, 'revision', number, 'record', write.record)
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
    redis.call('HSET', prefix .. 'key:' .. write.id, 'revision', number, 'record', write.record, 'partner', write.partner)
    redis.call('ZADD', prefix .. 'keys', 0, write.id)
    redis.call('ZADD', prefix .. 'keys-of:' .. write.partner, 0, write.id)
  else
    deleteKey(write.id, redis.call('HGET', prefix .. 'key:' .. write.id, 'partner') or '')
  end
end

for _, denial in ipairs(commit.deny) do redis.call('HSET', prefix .. 'denials', denial.handle, denial.record) end
for _, handle in ipairs(commit.allow) do redis.call('HDEL', prefix .. 'denials', handle) end

add_audit(number, commit.audit.partner, commit.audit.key, commit.audit.record)
redis.call('PUBLISH', prefix .. 'changes', number .. ' ' .. commit.changes)
return 1
`)

/** `ARGV[2]`: a list of uses as JSON. */
export const ADD_USES: Script = script(`
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
`)
