import type { Engine } from '../engine.ts'
import { docker } from './docker.ts'

/** Speaks as docker does. */
export const nerdctl: Engine = {
  name: 'nerdctl',
  build: (recipe) => ({ ...docker.build(recipe), program: 'nerdctl' }),
  save: (reference, file) => ({ ...docker.save(reference, file), program: 'nerdctl' }),
  push: (reference) => ({ ...docker.push(reference), program: 'nerdctl' }),
  inspect: (reference) => ({ ...docker.inspect(reference), program: 'nerdctl' }),
  read: docker.read,
}
