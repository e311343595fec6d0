import type { Engine } from '../engine.ts'
import { buildArguments } from './build-arguments.ts'
import { readDockerInspect } from './docker.ts'

export const podman: Engine = {
  name: 'podman',
  build: (recipe) => ({ program: 'podman', args: ['build', ...buildArguments(recipe), '--timestamp', String(recipe.epoch), recipe.context] }),
  save: (reference, file) => ({ program: 'podman', args: ['save', '--format', 'docker-archive', '--output', file, reference] }),
  push: (reference) => ({ program: 'podman', args: ['push', reference] }),
  inspect: (reference) => ({ program: 'podman', args: ['image', 'inspect', reference] }),
  read: readDockerInspect,
}
