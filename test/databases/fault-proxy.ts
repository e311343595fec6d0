import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { stablePort } from './stable-port.ts'

/** Stands between a client and a server of this machine, and does what networks do. */
export interface FaultProxy {
  readonly port: number
  /** How many clients are connected. */
  readonly connections: number
  /** Ends all connections and refuses new ones. */
  cut(): Promise<void>
  /** Lets nothing through, in neither direction, the end of a connection included; connections stay open and new ones are accepted. */
  freeze(): void
  /** Holds back each piece of data for so long, in both directions. */
  slow(milliseconds: number): void
  /** Undoes all of these; what was held back goes through. */
  heal(): Promise<void>
  stop(): Promise<void>
}

/** Resolves when a piece of data may go on. */
type Passage = () => Promise<void>

export async function startFaultProxy(targetPort: number): Promise<FaultProxy> {
  const port = await stablePort()
  const pairs = new Set<readonly [Socket, Socket]>()
  let delay = 0
  let frozen: PromiseWithResolvers<void> | undefined
  const passage: Passage = async () => {
    if (delay > 0) await sleep(delay)
    await frozen?.promise
  }
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const target = connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true })
    const pair = [client, target] as const
    pairs.add(pair)
    client.on('close', () => pairs.delete(pair))
    forward(client, target, passage)
    forward(target, client, passage)
  })
  const open = () => once(server.listen(port, '127.0.0.1'), 'listening')
  const cut = async () => {
    const closed = server.listening ? once(server, 'close') : undefined
    if (closed) server.close()
    for (const socket of [...pairs].flat()) socket.destroy()
    await closed
  }
  await open()
  return {
    port,
    get connections() {
      return pairs.size
    },
    cut,
    freeze() {
      frozen ??= Promise.withResolvers<void>()
    },
    slow(milliseconds) {
      delay = milliseconds
    },
    async heal() {
      delay = 0
      frozen?.resolve()
      frozen = undefined
      if (!server.listening) await open()
    },
    stop: cut,
  }
}

/** Piece by piece and in order; the next one is read when the last has been passed on. */
function forward(from: Socket, to: Socket, passage: Passage): void {
  let last = Promise.resolve()
  const next = (act: () => void) => {
    last = last.then(passage).then(act)
  }
  from.on('data', (data) => {
    from.pause()
    next(() => {
      if (to.write(data)) from.resume()
      else to.once('drain', () => from.resume())
    })
  })
  from.on('end', () => next(() => to.end()))
  from.on('error', () => next(() => to.destroy()))
}
