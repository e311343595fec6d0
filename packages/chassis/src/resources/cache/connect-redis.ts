import { parseCacheUrl } from './cache-url.ts'
import type { RedisClient } from './redis-client.ts'

const CONNECT_MILLISECONDS = 1000

export interface ConnectRedisOptions {
  /** Ends the attempt. */
  closing: AbortSignal
  /** Told of what happens to the connection, also later. */
  onError(client: RedisClient, error: unknown): void
}

/** One attempt to connect, of a second at most. Rejects with what went wrong, which never holds the URL. */
export async function connectRedis(url: string, { closing, onError }: ConnectRedisOptions): Promise<RedisClient> {
  // One that was read anew from a file has not been checked, and the client's own complaint would quote it.
  parseCacheUrl(url)
  // Loaded where it is used: it takes more than a tenth of a second.
  const { createRedisClient } = await import('./redis-client.ts')
  const client = createRedisClient(url, CONNECT_MILLISECONDS)
  client.on('error', (error) => onError(client, error))
  const end = () => client.destroy()
  closing.addEventListener('abort', end)
  let isLate = false
  const timer = setTimeout(() => {
    isLate = true
    end()
  }, CONNECT_MILLISECONDS)
  try {
    await client.connect()
    closing.throwIfAborted()
    return client
  } catch (error) {
    end()
    throw isLate ? new Error(`Redis did not greet within ${CONNECT_MILLISECONDS} ms.`) : error
  } finally {
    clearTimeout(timer)
    closing.removeEventListener('abort', end)
  }
}
