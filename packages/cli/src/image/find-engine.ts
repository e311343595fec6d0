import { CliError } from '../cli-error.ts'
import { runProgram } from '../program/run-program.ts'
import type { Engine } from './engine.ts'
import { buildah } from './engines/buildah.ts'
import { docker } from './engines/docker.ts'
import { nerdctl } from './engines/nerdctl.ts'
import { podman } from './engines/podman.ts'

/** In the order in which they are tried. */
const ENGINES: readonly Engine[] = [docker, podman, nerdctl, buildah]
export const ENGINE_NAMES = ENGINES.map(({ name }) => name)

/** A daemon that is there answers at once. */
const PROBE_SECONDS = 15

/** The engine of a name, or else the first that works here. @throws {CliError} where there is none. */
export async function findEngine(name?: string): Promise<Engine> {
  const faults: string[] = []
  for (const engine of ENGINES.filter((one) => name === undefined || one.name === name)) {
    const fault = await faultOf(engine)
    if (fault === undefined) return engine
    faults.push(`${engine.name} ${fault}`)
  }
  throw new CliError(`No container engine works here: ${faults.join('; ')}. Install one of ${ENGINE_NAMES.join(', ')}, or start its daemon.`)
}

async function faultOf({ name }: Engine): Promise<string | undefined> {
  try {
    const { code } = await runProgram({ program: name, args: ['info'] }, { seconds: PROBE_SECONDS })
    return code === 0 ? undefined : 'is there and its daemon is not'
  } catch (error) {
    if (error instanceof CliError) return /took longer/.test(error.message) ? 'does not answer' : 'is not installed'
    throw error
  }
}
