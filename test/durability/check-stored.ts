import assert from 'node:assert/strict'
import type { Ledger, StoredPassenger } from './ledger.ts'
import { send } from './send.ts'

export async function readStored(url: string): Promise<StoredPassenger[]> {
  const answer = await send(url, { method: 'GET', path: '/passengerlist' })
  assert.ok(answer, 'The list of all passengers must be answered.')
  return answer.body as StoredPassenger[]
}

/** Every write that was acknowledged is there, and of every file all rows or none. */
export async function checkStored(url: string, ledger: Ledger): Promise<void> {
  const faults = ledger.compare(await readStored(url))
  assert.deepEqual(faults.slice(0, 20), [], `${faults.length} faults`)
}
