import { createClient } from '@redis/client'

export type RedisClient = ReturnType<typeof createRedisClient>

/** Commands that wait for an answer; more fail at once. Each waits for CACHE_WAIT at most, so only a flood gets there. */
const MAX_COMMANDS = 10_000

/** A client for one connection, which is never opened again: the one that reconnects also rotates credentials. */
export function createRedisClient(url: string, connectMilliseconds: number) {
  return createClient({
    url,
    disableOfflineQueue: true,
    commandsQueueMaxLength: MAX_COMMANDS,
    // An abort signal for each command, which our own limit does without.
    commandOptions: { timeout: 0 },
    // Three more commands at the start, which proxies and access lists may refuse.
    disableClientInfo: true,
    maintNotifications: 'disabled',
    socket: { connectTimeout: connectMilliseconds, reconnectStrategy: false },
  })
}
