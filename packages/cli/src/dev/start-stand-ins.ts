import { CliError, EXIT_UNAVAILABLE } from '../cli-error.ts'
import type { StandInDefinition } from '../define-stack.ts'
import { standInKeys } from '../stand-in-keys.ts'

/** Those that the developer's own environment does not lead past. */
export function neededStandIns(standIns: readonly StandInDefinition[], own: Readonly<Record<string, string | undefined>>): StandInDefinition[] {
  const isGiven = (key: string) => own[key] !== undefined || own[`${key}_FILE`] !== undefined
  return standIns.filter((standIn) => !standInKeys(standIn).every(isGiven))
}

export interface RunningStandIns {
  /** Where each answers. */
  places: readonly { name: string; url: string }[]
  /** The config keys that lead to them. */
  config: Readonly<Record<string, string>>
  close(): Promise<unknown>
}

/** Starts what stands in for somebody else's services, all or none. @throws {CliError} where a port is taken */
export async function startStandIns(standIns: readonly StandInDefinition[]): Promise<RunningStandIns> {
  const outcomes = await Promise.allSettled(standIns.map(startOne))
  const started = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
  const close = () => Promise.all(started.map(({ running }) => running.close()))
  const failure = outcomes.find((outcome) => outcome.status === 'rejected')
  if (failure) {
    await close()
    throw failure.reason
  }
  return {
    places: started.map(({ standIn: { name }, running: { url } }) => ({ name, url })),
    config: Object.assign({}, ...started.map(({ standIn, running }) => standIn.config(running.url))),
    close,
  }
}

async function startOne(standIn: StandInDefinition) {
  const { name, port } = standIn
  try {
    return { standIn, running: await standIn.start({ port }) }
  } catch (error) {
    if ((error as NodeJS.ErrnoException | undefined)?.code !== 'EADDRINUSE') throw error
    const remedy = 'stop what listens there, another stack perhaps, or choose other ports with --port and --port-base'
    throw new CliError(`Port ${port}, for the stand-in ${name}, is taken; ${remedy}.`, EXIT_UNAVAILABLE)
  }
}
