import { setTimeout as sleep } from 'node:timers/promises'
import { type Ledger, rowName, type StoredPassenger } from './ledger.ts'
import { type Answer, type Request, send } from './send.ts'

const FILE_ROWS = 400
/** So many writes of a round are acknowledged before anything is killed, however slow the machine. */
const FIRST_WRITES = 10
const CSV_HEADER = 'Survived,Pclass,Name,Sex,Age,Siblings/Spouses Aboard,Parents/Children Aboard,Fare'

/** Where writers write, until something is killed. */
interface Desk {
  ledger: Ledger
  /** Resolves to nothing where the other side has been killed, and to an answer of success otherwise. */
  send(request: Request): Promise<Answer | undefined>
}

/** As fast as it can, one after the other; ends when no answer comes. */
type Writer = (desk: Desk) => Promise<void>

const WRITERS: readonly Writer[] = [create, create, createWithKey, createWithKey, change, change, change, importFiles]

/** Starts all writers, kills at a random moment once writes are under way, and resolves when every writer has noticed. */
export async function writeUntilKilled(url: string, ledger: Ledger, kill: () => Promise<void>): Promise<void> {
  let isKilled = false
  const desk: Desk = {
    ledger,
    async send(request) {
      const answer = await send(url, request)
      if (!answer && !isKilled) throw new Error(`${request.method} ${request.path} was answered with 503, or not at all, before anything was killed.`)
      if (!answer) ledger.interruptions++
      return answer
    },
  }
  const writing = Promise.all(WRITERS.map((write) => write(desk)))
  const killing = async () => {
    await ledger.untilAcknowledged(FIRST_WRITES)
    await sleep(50 + Math.random() * 200)
    isKilled = true
    await kill()
  }
  await Promise.all([writing, killing()])
}

/** Sends again what no answer came to, and something that was answered: each must be there once, as at first. */
export async function retryKeyed(url: string, ledger: Ledger): Promise<void> {
  const { unanswered, lastKeyed } = ledger
  for (const [key, name] of unanswered) {
    const answer = await send(url, keyedCreation(key, name))
    if (!answer) throw new Error(`The retry of ${name} was not answered.`)
    ledger.acknowledge(name, 1, uuidOf(answer))
    ledger.repeated++
    unanswered.delete(key)
  }
  if (!lastKeyed) return
  const repeated = await send(url, keyedCreation(lastKeyed.key, lastKeyed.name))
  if (!repeated || uuidOf(repeated) !== lastKeyed.uuid) throw new Error(`The retry of ${lastKeyed.name} was not answered as at first.`)
}

async function create(desk: Desk): Promise<void> {
  for (;;) if (!(await createOne(desk))) return
}

async function createOne({ ledger, send }: Desk): Promise<{ name: string; uuid: string } | undefined> {
  const name = `passenger ${ledger.newNumber()}`
  ledger.begin(name, 1)
  const answer = await send({ method: 'POST', path: '/passengers', body: passenger(name, 1) })
  if (!answer) return undefined
  const uuid = uuidOf(answer)
  ledger.acknowledge(name, 1, uuid)
  return { name, uuid }
}

async function createWithKey({ ledger, send }: Desk): Promise<void> {
  for (;;) {
    const name = `keyed ${ledger.newNumber()}`
    const key = crypto.randomUUID()
    ledger.begin(name, 1)
    ledger.unanswered.set(key, name)
    const answer = await send(keyedCreation(key, name))
    if (!answer) return
    const uuid = uuidOf(answer)
    ledger.acknowledge(name, 1, uuid)
    ledger.unanswered.delete(key)
    ledger.lastKeyed = { key, name, uuid }
  }
}

/** Creates, replaces twice, and deletes every other one. */
async function change(desk: Desk): Promise<void> {
  for (let turn = 0; ; turn++) {
    const created = await createOne(desk)
    if (!created) return
    if (!(await replace(desk, created, 2))) return
    if (!(await replace(desk, created, 3))) return
    if (turn % 2 === 0 && !(await remove(desk, created))) return
  }
}

async function replace({ ledger, send }: Desk, { name, uuid }: { name: string; uuid: string }, version: number): Promise<boolean> {
  ledger.begin(name, version)
  const answer = await send({ method: 'PUT', path: `/passengers/${uuid}`, body: passenger(name, version) })
  if (answer) ledger.acknowledge(name, version, uuid)
  return answer !== undefined
}

async function remove({ ledger, send }: Desk, { name, uuid }: { name: string; uuid: string }): Promise<boolean> {
  ledger.begin(name, 'absent')
  const answer = await send({ method: 'DELETE', path: `/passengers/${uuid}` })
  if (answer) ledger.acknowledge(name, 'absent', uuid)
  return answer !== undefined
}

async function importFiles({ ledger, send }: Desk): Promise<void> {
  for (;;) {
    const file = ledger.newNumber()
    const rows = Array.from({ length: FILE_ROWS }, (_, row) => `0,3,${rowName(file, row)},other,,0,0,1`)
    ledger.beginFile(file, FILE_ROWS)
    const answer = await send({
      method: 'POST',
      path: '/passengers',
      body: [CSV_HEADER, ...rows].join('\n'),
      headers: { 'content-type': 'text/csv' },
    })
    if (!answer) return
    ledger.acknowledgeFile(file)
  }
}

function keyedCreation(key: string, name: string): Request {
  return { method: 'POST', path: '/passengers', body: passenger(name, 1), headers: { 'idempotency-key': key } }
}

function passenger(name: string, version: number): object {
  const facts = { survived: true, passengerClass: 3, sex: 'other', age: null, siblingsOrSpousesAboard: 0, parentsOrChildrenAboard: 0 }
  return { name, ...facts, fare: version }
}

function uuidOf({ body }: Answer): string {
  return (body as StoredPassenger).uuid
}
