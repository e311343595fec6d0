// Each is one step that nothing comes between. KEYS: the entry, and the lock of its load. ARGV[1]: the token of who asks.

/**
 * The entry, unless its head is ARGV[3], which is known; or else the lock for ARGV[2] ms: 1 where it was free, 0 where somebody has it.
 * What has no head is none of ours, and is as good as nothing.
 */
export const CLAIM = `local entry = redis.pcall('GET', KEYS[1])
local head = type(entry) == 'string' and string.match(entry, '^{"storedAt":%d+,')
if head and head ~= ARGV[3] then return entry end
if redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end
return 0`

const FREE_LOCK = `if redis.call('GET', KEYS[2]) == ARGV[1] then redis.call('DEL', KEYS[2]) end`

/** Keeps the lock for another ARGV[2] ms. */
export const RENEW = `if redis.call('GET', KEYS[2]) == ARGV[1] then redis.call('PEXPIRE', KEYS[2], ARGV[2]) end
return 1`

/** Stores ARGV[2] for ARGV[3] ms and frees the lock, also where a full Redis stores nothing. */
export const STORE = `local stored = redis.pcall('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
${FREE_LOCK}
return stored`

/** Deletes the entry and frees the lock. */
export const FORGET = `redis.call('DEL', KEYS[1])
${FREE_LOCK}
return 1`

export const RELEASE = `${FREE_LOCK}
return 1`
