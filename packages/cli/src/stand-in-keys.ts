import type { StandInDefinition } from './define-stack.ts'

/** A URL as it might be. */
const SOME_URL = 'http://127.0.0.1:1'

/** The config keys that lead to a stand-in, before it is started. */
export function standInKeys({ config }: StandInDefinition): string[] {
  return typeof config === 'function' ? Object.keys(config(SOME_URL)) : []
}
