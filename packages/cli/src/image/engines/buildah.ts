import type { Engine } from '../engine.ts'
import { buildArguments } from './build-arguments.ts'

export const buildah: Engine = {
  name: 'buildah',
  build: (recipe) => ({
    program: 'buildah',
    args: ['build', '--layers', ...buildArguments(recipe), '--timestamp', String(recipe.epoch), recipe.context],
  }),
  save: (reference, file) => ({ program: 'buildah', args: ['push', reference, `docker-archive:${file}:${reference}`] }),
  push: (reference) => ({ program: 'buildah', args: ['push', reference] }),
  inspect: (reference) => ({ program: 'buildah', args: ['inspect', '--type', 'image', reference] }),
  read(inspected) {
    const { FromImageID, OCIv1 } = JSON.parse(inspected) as { FromImageID: string; OCIv1: { rootfs: { diff_ids: string[] } } }
    return { id: `sha256:${FromImageID}`, layer: OCIv1.rootfs.diff_ids.at(-1) ?? '' }
  },
}
