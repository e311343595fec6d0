import { parseArgs } from 'node:util'
import { EXIT_CONFIG, EXIT_UNAVAILABLE } from '@slipway/chassis'
import { FAULTS } from '@slipway/chassis/testing'
import { startStandIn } from './stand-in.ts'

const DEFAULT_PORT = 8190
const EXIT_USAGE = 64
const HELP = `Stands in for shoutcloud: POST /V1/SHOUT with {"INPUT": "tset"} as application/json is answered with {"INPUT": "tset", "OUTPUT": "TSET"}.

  node services/shout/stand-in/main.ts       on PORT, ${DEFAULT_PORT} unless it is set

At run time it is told how to fail, and tells how often it was called:

  curl -X PUT localhost:${DEFAULT_PORT}/stand-in -d '{"fault": "slow", "delay": 500}'
  curl localhost:${DEFAULT_PORT}/stand-in

With "times": 3 a fault lasts for three calls. The faults:

${Object.entries(FAULTS)
  .map(([name, text]) => `  ${name.padEnd(12)} ${text}`)
  .join('\n')}`

await main()

async function main(): Promise<void> {
  const asksHelp = parseHelp()
  if (asksHelp === undefined) return end(EXIT_USAGE, 'There is one option, --help.')
  if (asksHelp) return console.log(HELP)
  const text = process.env.PORT ?? String(DEFAULT_PORT)
  const port = Number(text)
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535) return end(EXIT_CONFIG, `PORT must be a whole number from 1 to 65535; it is "${text}".`)
  try {
    const { url, close } = await startStandIn({ port })
    const stop = () => void close().then(() => process.exit(0))
    process.on('SIGTERM', stop).on('SIGINT', stop)
    console.log(`Stands in for shoutcloud on ${url}; --help tells how to make it fail.`)
  } catch (error) {
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
    end(EXIT_UNAVAILABLE, isTaken ? `Port ${port} is taken; stop what listens there, or set PORT.` : `Port ${port} can't be listened on: ${error}`)
  }
}

function parseHelp(): boolean | undefined {
  try {
    return parseArgs({ options: { help: { type: 'boolean', short: 'h', default: false } } }).values.help
  } catch {
    return undefined
  }
}

function end(exitCode: number, message: string): void {
  console.error(message)
  process.exitCode = exitCode
}
