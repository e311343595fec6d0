import { createClient, RESP_TYPES } from '@redis/client'

export type RedisClient = ReturnType<typeof createRedisClient>

/** Commands that wait for an answer; more fail at once. Each waits for CACHE_WAIT at most, so only a flood gets there. */
const MAX_COMMANDS = 10_000

/** A client for one connection, which is never opened again: the one that reconnects also rotates credentials. */
export function createRedisClient(url: string, connectMilliseconds: number) {
  return createClient({
    url,
    disableOfflineQueue: true,
    commandsQueueMaxLength: MAX_COMMANDS,
    commandOptions: {
      // An abort signal for each command, which our own limit does without.
      timeout: 0,
      // As text, what is no UTF-8 would look as if it were.
      typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer },
    },
    // Three more commands at the start, which proxies and access lists may refuse.
    disableClientInfo: true,
    maintNotifications: 'disabled',
    socket: { connectTimeout: connectMilliseconds, reconnectStrategy: false },
  })
}
