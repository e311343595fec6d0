import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { startRedis } from '../../../../../test/databases/start-redis.ts'
import { openNotes } from './open-cache.fixture.ts'

/** Under which name a note is in Redis. */
export const nameOf = (deployment: string, key: string) =>
  `${deployment}:1.0.0:notes:${createHash('sha256').update(Buffer.from(key, 'utf16le')).digest('hex')}`

/** Replicas of one deployment. */
export async function openReplicas(count: number, url: string, options: Parameters<typeof openNotes>[0] = {}) {
  const deployment = crypto.randomUUID()
  const replicas = await Promise.all(
    Array.from({ length: count }, () => openNotes({ deployment, ...options, config: { CACHE_URL: url, ...options.config } })),
  )
  return { deployment, replicas, close: () => Promise.all(replicas.map(({ open }) => open.close())) }
}

/** A Redis that one test may hurt, and that ends with it. */
export async function startOwnRedis(context: TestContext) {
  const server = await startRedis()
  context.after(() => server.stop())
  return server
}

export async function until(condition: () => boolean | Promise<boolean>, milliseconds = 3000): Promise<void> {
  for (const end = Date.now() + milliseconds; !(await condition()); await sleep(10)) assert.ok(Date.now() < end, 'waited for too long')
}
