import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { NODE_COMPILE_CACHE } from '../../../test/start-process.ts'
import { DEFAULT_PORT_BASE } from './dev/assign-ports.ts'

/** The project that the tests stand in. */
export const PROJECT = fileURLToPath(new URL('../../../', import.meta.url))
const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url))

export interface CliOptions {
  cwd?: string
  environment?: Record<string, string>
  /** Whether it leads a process group of its own, as in a terminal. @default false */
  isGroup?: boolean
}

/** A running `slipway` command, on the runtime that runs the test. */
export class Cli {
  readonly process: ChildProcess
  stdout = ''
  stderr = ''
  readonly exited: Promise<number | null>

  constructor(args: readonly string[], { cwd = PROJECT, environment = {}, isGroup = false }: CliOptions = {}) {
    this.process = spawn(process.execPath, [MAIN, ...args], {
      cwd,
      env: { PATH: process.env.PATH, NODE_COMPILE_CACHE, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: isGroup,
    })
    this.process.stdout?.setEncoding('utf8').on('data', (text: string) => (this.stdout += text))
    this.process.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text))
    this.exited = once(this.process, 'close').then(([code]) => code as number | null)
  }

  /** Waits until the output fits; fails with the output when the process ends before, or after 15 s. */
  async until(fits: (cli: Cli) => boolean): Promise<void> {
    let isOver = false
    void this.exited.then(() => (isOver = true))
    const deadline = performance.now() + 15_000
    while (!fits(this)) {
      if (isOver || performance.now() > deadline) {
        // Else it would outlive the test that failed, and keep the test's process from ending.
        this.process.kill('SIGKILL')
        throw new Error(`${isOver ? 'It ended' : 'It took too long'}:\n${this.stdout}\n${this.stderr}`)
      }
      await sleep(5)
    }
  }

  async kill(signal: NodeJS.Signals): Promise<{ code: number | null; milliseconds: number }> {
    const startedAt = performance.now()
    this.process.kill(signal)
    const code = await this.exited
    return { code, milliseconds: performance.now() - startedAt }
  }
}

/** Runs a `slipway` command to its end. */
export async function runCli(args: readonly string[], options?: CliOptions): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const cli = new Cli(args, options)
  const code = await cli.exited
  return { code, stdout: cli.stdout, stderr: cli.stderr }
}

const customer = (letter: string) =>
  `    { service: greeter, name: 'customer-${letter.toLowerCase()}', namespace: 'greeter', host: 'customer-${letter.toLowerCase()}.parcellab.com', config: { CUSTOMER_NAME: '${letter}' } },`

const STACK = `import { defineStack } from '@slipway/cli'
import greeter from './services/greeter/service.ts'

export default defineStack({
  deployments: [
${['A', 'B', 'C'].map(customer).join('\n')}
  ],
})
`

/** Of shout and its stand-in, at a port that is `offset` beyond the port base. */
export const shoutStack = (offset: number, config = '') => `import { defineStack } from '@slipway/cli'
import shout from './services/shout/service.ts'
import { startStandIn } from './services/shout/stand-in/stand-in.ts'

export default defineStack({
  deployments: [{ service: shout, name: 'shout', namespace: 'shout', host: 'shout.example.com', config: { ${config} } }],
  local: {
    standIns: [{ name: 'shoutcloud', port: ${DEFAULT_PORT_BASE + offset}, start: startStandIn, config: (url) => ({ SHOUTCLOUD_URL: \`\${url}/V1/SHOUT\` }) }],
  },
})
`

/** A project of its own that a test may change: a service with its stack, the greeter's unless others are given, and the chart. */
export function createProject(service = 'greeter', stack = STACK): { folder: string; remove(): void } {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-')))
  const isSource = (path: string) => !path.includes('node_modules')
  cpSync(join(PROJECT, 'services', service), join(folder, 'services', service), { recursive: true, filter: isSource })
  writeFileSync(join(folder, 'slipway.config.ts'), stack)
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  for (const name of ['node_modules', 'chart']) symlinkSync(join(PROJECT, name), join(folder, name))
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** The first of `count` free ports in a row. */
export async function freePorts(count: number): Promise<number> {
  for (;;) {
    const first = 20_000 + Math.floor(Math.random() * 9000)
    const servers = await Promise.all(Array.from({ length: count }, (_, index) => takePort(first + index)))
    for (const server of servers) server?.close()
    if (!servers.includes(undefined)) return first
  }
}

/** Listens on a port; undefined where it is taken. */
export function takePort(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen(port, () => resolve(server))
  })
}
