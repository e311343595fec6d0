import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ListenError, type Listener, serve } from '@slipway/chassis'
import { CliError, EXIT_UNAVAILABLE } from '../cli-error.ts'
import { loadStack } from '../load-stack.ts'
import { createPaint } from '../paint.ts'
import { renderStackTable, type StackPlaces } from '../render/stack-table.ts'
import { assignPorts, type PortOptions, standInPort } from './assign-ports.ts'
import { createFrontDoor } from './front-door.ts'
import { createStackLog } from './stack-log.ts'
import { portProblem, type RunningDeployment, startDeployments } from './start-deployments.ts'
import { neededStandIns, startStandIns } from './start-stand-ins.ts'

export interface RunStackOptions extends PortOptions {
  stackFile: string
  /** Whether log lines and the table are JSON. */
  isJson: boolean
}

export interface RunningStack {
  /** Rejects when a deployment could not become ready and never will. */
  readonly ready: Promise<unknown>
  stop(): Promise<void>
}

/** The table doesn't wait longer than this for a deployment whose database is down; it says so then. */
const READY_MILLISECONDS = 3000

/** Runs every deployment of the stack in this process, and the front door before them. */
export async function runStack(options: RunStackOptions): Promise<RunningStack> {
  const stack = await loadStack(options.stackFile)
  const { deployments } = stack
  const needed = neededStandIns(stack.standIns, process.env)
  const ports = assignPorts({ deployments, standIns: needed }, options)
  const paint = createPaint(process.stdout)
  const colours = paint('bold', '') !== ''
  const log = createStackLog({ names: deployments.map(({ name }) => name), isJson: options.isJson, paint, colours })
  const opened: (() => Promise<unknown>)[] = []
  /** The front door first, and what stands in for others last, which a request may still need. */
  const stop = async () => {
    log.quieten()
    for (const close of opened.reverse()) await close()
  }
  try {
    const standIns = await startStandIns(needed.map((standIn) => ({ ...standIn, port: standInPort(standIn, options.portBase) })))
    opened.push(standIns.close)
    const project = dirname(options.stackFile)
    const started = await startDeployments({ deployments, ports, project, standIns: standIns.config, writerFor: log.writerFor })
    opened.push(() => Promise.all(started.map(({ running }) => running.stop())))
    const frontDoor = await openFrontDoor(started, options.port)
    opened.push(() => frontDoor.destroy())
    const ready = Promise.all(started.map(becomeReady))
    await Promise.race([ready, sleep(READY_MILLISECONDS)])
    const places = { ...placesOf(started, options.port), standIns: standIns.places }
    log.open(options.isJson ? `${JSON.stringify(places)}\n` : renderStackTable(places, paint))
    return { ready, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function becomeReady({ deployment, running }: RunningDeployment): Promise<void> {
  try {
    await running.ready
  } catch (error) {
    // Stopped while it was still trying.
    if (running.lifecycle.isDraining) return
    running.telemetry.logger.fatal('The service could not start', { error })
    throw new CliError(`${deployment.name} could not start.`)
  }
}

async function openFrontDoor(started: readonly RunningDeployment[], port: number): Promise<Listener> {
  const routes = started.flatMap(({ deployment: { name, host }, running: { fetch } }) =>
    [localHost(name), host].map((known) => ({ host: known, fetch })),
  )
  const bases = started.map(({ running }) => running.config.base)
  // What a deployment takes must fit through its front door.
  const limits = {
    MAX_HEADER_BYTES: Math.max(...bases.map(({ MAX_HEADER_BYTES }) => MAX_HEADER_BYTES)),
    KEEP_ALIVE_TIMEOUT: Math.max(...bases.map(({ KEEP_ALIVE_TIMEOUT }) => KEEP_ALIVE_TIMEOUT)),
  }
  try {
    return await serve(createFrontDoor(routes), port, limits)
  } catch (error) {
    if (!(error instanceof ListenError)) throw error
    throw new CliError(`${portProblem(error, 'the front door')}, or choose another with --port.`, EXIT_UNAVAILABLE)
  }
}

function placesOf(started: readonly RunningDeployment[], frontDoorPort: number): Omit<StackPlaces, 'standIns'> {
  return {
    frontDoor: `http://localhost:${frontDoorPort}`,
    deployments: started.map(({ deployment: { name, service, host }, port, running }) => ({
      deployment: name,
      service: service.name,
      url: `http://localhost:${port}`,
      frontDoor: `http://${localHost(name)}:${frontDoorPort}`,
      host,
      state: running.lifecycle.state,
    })),
  }
}

/** Browsers and curl take any name under localhost for this machine (RFC 6761, section 6.3). */
function localHost(name: string): string {
  return `${name}.localhost`
}
