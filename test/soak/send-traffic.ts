import { openExchange } from './keep-alive-client.ts'
import { CYCLE, runCycle } from './traffic.ts'

const CONNECTIONS = 8

/** Sends so many requests or a few more, on several connections at once, and tells after each cycle how many are done. */
export async function sendTraffic(port: number, requests: number, onCycle: (done: number) => void): Promise<void> {
  let begun = 0
  let done = 0
  const exchanges = Array.from({ length: CONNECTIONS }, () => openExchange(port))
  const run = crypto.randomUUID()
  try {
    await Promise.all(
      exchanges.map(async (exchange) => {
        while (begun < requests) {
          begun += CYCLE
          await runCycle(exchange, `${run}-${begun}`)
          done += CYCLE
          onCycle(done)
        }
      }),
    )
  } finally {
    for (const exchange of exchanges) exchange.close()
  }
}
