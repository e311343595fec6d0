import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { startProcess } from '../../test/start-process.ts'
import { startStandIn } from './stand-in/stand-in.ts'

/** `OUTAGE_SECONDS=30` for the long one. */
const SECONDS = Number(process.env.OUTAGE_SECONDS ?? 8)
const REQUESTS_A_SECOND = 200
const TEXTS_THAT_ARE_KNOWN = 20
/** Of the texts that are sent; the others cost no call, and must not count as requests that might. */
const SHARE_OF_UNKNOWN = 0.9
/** A retry for every fifth request. */
const MOST_CALLS = 1.2
/** The probes, one each half second, each with what had begun before. */
const MOST_CALLS_A_SECOND_ONCE_OPEN = 4
/** Of a failing answer once the breaker is open. */
const MOST_MILLISECONDS_ONCE_OPEN = 50
/** On a busy machine an answer from the cache takes long too, and says how much of the time is the machine's: no more than either may be added to it. */
const MOST_TIMES_AS_LONG_AS_KNOWN = 4
/** Of the processor, for an answer while the breaker is open: what costs so little comes late for no fault of its own. */
const MOST_CPU_MILLISECONDS = 3
/** Of Linux's clock of processor time. */
const TICK_MILLISECONDS = 10
/** Of a request, with all its tries. */
const MOST_MILLISECONDS = 3500
const MOST_SECONDS_UNTIL_BACK = 2

interface Served {
  at: number
  milliseconds: number
  status: number
}

/** Sends texts at that rate, whatever becomes of them; those that nobody knows yet, and every tenth time one that is known. */
class Load {
  readonly unknown: Served[] = []
  readonly known: Served[] = []
  readonly #url: string
  readonly #timer: NodeJS.Timeout
  readonly #open = new Set<Promise<void>>()
  #count = 0

  constructor(url: string) {
    this.#url = url
    const startedAt = performance.now()
    this.#timer = setInterval(() => {
      while (this.#count < ((performance.now() - startedAt) / 1000) * REQUESTS_A_SECOND) this.#send(this.#count++)
    }, 5)
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await Promise.all(this.#open)
  }

  #send(index: number): void {
    const isKnown = index % 10 === 0
    const text = isKnown ? `known ${index % TEXTS_THAT_ARE_KNOWN}` : `unknown ${index}`
    const serving = ask(this.#url, text).then((served) => {
      this.#open.delete(serving)
      ;(isKnown ? this.known : this.unknown).push(served)
    })
    this.#open.add(serving)
  }
}

async function ask(url: string, text: string): Promise<Served> {
  const startedAt = performance.now()
  const body = JSON.stringify({ data: text })
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  await response.arrayBuffer()
  return { at: performance.now(), milliseconds: performance.now() - startedAt, status: response.status }
}

/** Milliseconds of the processor that a process has used (proc_pid_stat(5): utime and stime, counted from behind the name). */
function cpuMilliseconds(pid: number | undefined): number {
  const [, ...fields] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[10]) + Number(fields[11])) * TICK_MILLISECONDS
}

const p99 = (served: readonly Served[]) => served.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b)[Math.floor(served.length * 0.99)] ?? 0

/** How shoutcloud goes away. Where its port is closed, nothing can count the calls but who makes them. */
const outages = {
  drop: { fault: 'drop' },
  slow: { fault: 'slow', delay: 60_000 },
  refused: undefined,
} as const

for (const [fault, told] of Object.entries(outages)) {
  test(`shoutcloud is down (${fault}) under load, and comes back`, { timeout: (SECONDS + 60) * 1000 }, async (context) => {
    let standIn = await startStandIn()
    const shout = await startProcess('services/shout/main.ts', { SHOUTCLOUD_URL: `${standIn.url}/V1/SHOUT`, LOG_LEVEL: 'error' })
    const metrics = async () => (await fetch(`${shout.url}/metrics`)).text()
    const stateOf = async () => /^upstream_breaker_state\{[^}]*state="open"[^}]*\} 1$/m.test(await metrics())
    const refused = async () =>
      Number(/^http_client_request_duration_seconds_count\{[^}]*error_type="refused"[^}]*\} (\d+)$/m.exec(await metrics())?.[1] ?? 0)
    const calls = async () => (told ? standIn.calls() : refused())
    try {
      for (let index = 0; index < TEXTS_THAT_ARE_KNOWN; index++) assert.equal((await ask(shout.url, `known ${index}`)).status, 200)
      const before = await calls()
      if (told) standIn.set(told)
      else await standIn.close()
      const downAt = performance.now()
      const load = new Load(shout.url)
      while (!(await stateOf())) await sleep(50)
      const openAt = performance.now()
      const cpuAtOpen = cpuMilliseconds(shout.child.pid)
      const [callsUntilOpen, requestsUntilOpen] = [(await calls()) - before, ((openAt - downAt) / 1000) * REQUESTS_A_SECOND * SHARE_OF_UNKNOWN]
      const probes: number[] = []
      while (performance.now() - downAt < SECONDS * 1000) {
        for (const path of ['/livez', '/readyz']) probes.push((await fetch(`${shout.url}${path}`)).status)
        await sleep(100)
      }
      const callsWhileOpen = (await calls()) - before - callsUntilOpen
      const cpuWhileOpen = cpuMilliseconds(shout.child.pid) - cpuAtOpen
      if (told) standIn.set()
      else standIn = await startStandIn({ port: standIn.port })
      const upAt = performance.now()
      while (!load.unknown.some(({ at, status }) => at > upAt && status === 200)) {
        assert.ok(performance.now() - upAt < 10_000, 'It has not come back within 10 s.')
        await sleep(10)
      }
      const secondsUntilBack = (performance.now() - upAt) / 1000
      await sleep(500)
      await load.stop()

      // What began before the breaker opened may still wait for its last try.
      const once = load.unknown.filter(({ at, milliseconds }) => at - milliseconds > openAt && at < upAt)
      const facts = {
        secondsUntilOpen: (openAt - downAt) / 1000,
        callsUntilOpen: callsUntilOpen / requestsUntilOpen,
        callsWhileOpen,
        p99OnceOpen: p99(once),
        cpuOfAnswer: cpuWhileOpen / once.length,
        p99OfKnown: p99(load.known),
        secondsUntilBack,
      }
      context.diagnostic(JSON.stringify(facts, (_key, value) => (typeof value === 'number' ? Math.round(value * 100) / 100 : value)))
      const { p99OfKnown } = facts
      const onBusyMachine = Math.min(MOST_TIMES_AS_LONG_AS_KNOWN * p99OfKnown, p99OfKnown + MOST_MILLISECONDS_ONCE_OPEN)
      const mostOnceOpen = Math.max(MOST_MILLISECONDS_ONCE_OPEN, onBusyMachine)
      assert.ok(facts.callsUntilOpen <= MOST_CALLS)
      assert.ok(callsWhileOpen <= MOST_CALLS_A_SECOND_ONCE_OPEN * ((upAt - openAt) / 1000))
      assert.ok(facts.cpuOfAnswer < MOST_CPU_MILLISECONDS)
      assert.ok(once.length > 100 && facts.p99OnceOpen < mostOnceOpen)
      assert.ok(load.unknown.every(({ milliseconds }) => milliseconds < MOST_MILLISECONDS))
      assert.ok(load.unknown.every(({ status }) => status === 200 || status === 503))
      assert.ok(load.known.length > 0 && load.known.every(({ status }) => status === 200))
      assert.ok(probes.length > 20 && probes.every((status) => status === 200))
      assert.ok(secondsUntilBack < MOST_SECONDS_UNTIL_BACK)
      assert.ok(load.unknown.slice(-10).every(({ status }) => status === 200))
      assert.equal(await shout.stop(), 0)
    } finally {
      shout.kill()
      await standIn.close()
    }
  })
}
