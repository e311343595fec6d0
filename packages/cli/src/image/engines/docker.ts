import type { Engine, ImageFacts } from '../engine.ts'
import { buildArguments } from './build-arguments.ts'

export const docker: Engine = {
  name: 'docker',
  build: (recipe) => ({
    program: 'docker',
    // BuildKit takes the time of the image from this argument: https://reproducible-builds.org/docs/source-date-epoch/
    args: ['build', ...buildArguments(recipe), '--build-arg', `SOURCE_DATE_EPOCH=${recipe.epoch}`, recipe.context],
  }),
  save: (reference, file) => ({ program: 'docker', args: ['save', '--output', file, reference] }),
  push: (reference) => ({ program: 'docker', args: ['push', reference] }),
  inspect: (reference) => ({ program: 'docker', args: ['image', 'inspect', reference] }),
  read: readDockerInspect,
}

/** Docker's form, which podman and nerdctl share. */
export function readDockerInspect(inspected: string): ImageFacts {
  const [image] = JSON.parse(inspected) as [{ Id: string; RootFS: { Layers: string[] } }]
  return { id: image.Id, layer: image.RootFS.Layers.at(-1) ?? '' }
}
