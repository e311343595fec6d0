import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'

const USED = /^db_client_connection_count\{.*state="used".*\} (\d+)$/m
const PENDING = /^db_client_connection_pending_requests\{.*\} (\d+)$/m

/** Nothing holds a connection and nothing waits for one: no request, however it ended, has kept any. */
export async function assertPoolAtRest(url: string): Promise<void> {
  let last: unknown
  // The check of the database's health borrows a connection for a moment, once a second.
  for (let attempt = 0; attempt < 20; attempt++) {
    const metrics = await (await fetch(`${url}/metrics`)).text()
    last = { used: Number(USED.exec(metrics)?.[1]), pending: Number(PENDING.exec(metrics)?.[1]) }
    if (JSON.stringify(last) === '{"used":0,"pending":0}') return
    await sleep(20)
  }
  assert.deepEqual(last, { used: 0, pending: 0 })
}
