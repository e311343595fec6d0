import { redis } from '../tools/redis.ts'
import { askRedis } from './ask-redis.ts'
import { startServer, type ThrowawayServer } from './throwaway-server.ts'

/** Starts a Redis with a password, which keeps its data when it is killed. */
export async function startRedis(): Promise<ThrowawayServer> {
  const program = await redis()
  return startServer({
    name: 'Redis',
    account: 'redis',
    stopSignal: 'SIGTERM',
    endSignal: 'KILL',
    async prepare({ folder, port, password }) {
      await folder.write('redis.conf', settings(folder.path, port, password))
      return undefined
    },
    command: ({ folder }) => [program, `${folder.path}/redis.conf`],
    url: ({ port, password }) => `redis://:${password}@127.0.0.1:${port}`,
    ping: pingRedis,
  })
}

function settings(folder: string, port: number, password: string): string {
  return `bind 127.0.0.1
port ${port}
requirepass ${password}
dir "${folder}"
save ""
appendonly yes
`
}

export async function pingRedis(url: string): Promise<void> {
  const answer = await askRedis(url, 'PING')
  if (!answer.includes('+PONG')) throw new Error(answer.trim())
}
