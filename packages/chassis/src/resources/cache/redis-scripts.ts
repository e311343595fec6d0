// Each is one step that nothing comes between. KEYS: the entry, and the lock of its load. ARGV[1]: the token of who asks.

/** In the lock's place after a load whose value is not shared: nobody needs to wait for the next one. */
const NOT_SHARED = 'not-shared'
const NOT_SHARED_MILLISECONDS = 5000

/**
 * The entry, unless its head is ARGV[3], which is known; or else the lock for ARGV[2] ms: 1 where it was free, 0 where somebody has it, 2 where none is
 * needed. What has no head, or more than ARGV[4] bytes, is none of ours, and is as good as nothing. So is a lock that lasts for longer than ours do.
 */
export const CLAIM = `local length = redis.pcall('STRLEN', KEYS[1])
local entry = type(length) == 'number' and length <= tonumber(ARGV[4]) and redis.call('GET', KEYS[1])
local head = entry and string.match(entry, '^{"storedAt":%d+,')
if head and head ~= ARGV[3] then return entry end
local lock = redis.pcall('GET', KEYS[2])
local left = redis.call('PTTL', KEYS[2])
if lock == '${NOT_SHARED}' and left >= 0 and left <= ${NOT_SHARED_MILLISECONDS} then return 2 end
if type(lock) == 'string' and left >= 0 and left <= tonumber(ARGV[2]) then return 0 end
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
return 1`

const FREE_LOCK = `if redis.pcall('GET', KEYS[2]) == ARGV[1] then redis.call('DEL', KEYS[2]) end`

/** Keeps the lock for another ARGV[2] ms. */
export const RENEW = `if redis.pcall('GET', KEYS[2]) == ARGV[1] then redis.call('PEXPIRE', KEYS[2], ARGV[2]) end
return 1`

/** Stores ARGV[2] for ARGV[3] ms and frees the lock, also where a full Redis stores nothing. */
export const STORE = `local stored = redis.pcall('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
${FREE_LOCK}
return stored`

/** Deletes the entry, and lets all who wait load at once. */
export const FORGET = `redis.call('DEL', KEYS[1], KEYS[2])
redis.pcall('SET', KEYS[2], '${NOT_SHARED}', 'PX', ${NOT_SHARED_MILLISECONDS})
return 1`

export const RELEASE = `${FREE_LOCK}
return 1`
