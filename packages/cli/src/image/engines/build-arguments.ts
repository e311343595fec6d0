import type { ImageRecipe } from '../engine.ts'

/** What every engine's `build` takes. */
export function buildArguments({ file, target, reference, platform, arguments: values, labels, secrets = {} }: ImageRecipe): string[] {
  return [
    ...['--file', file, '--target', target, '--tag', reference, '--platform', platform],
    ...Object.entries(values).flatMap(([key, value]) => ['--build-arg', `${key}=${value}`]),
    ...Object.entries(labels).flatMap(([key, value]) => ['--label', `${key}=${value}`]),
    ...Object.entries(secrets).flatMap(([id, path]) => ['--secret', `id=${id},src=${path}`]),
  ]
}
