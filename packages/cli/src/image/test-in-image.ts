import { outputOf } from '../program/run-program.ts'
import type { Progress } from '../progress.ts'
import type { Engine, ImageRecipe } from './engine.ts'
import { DOCKERFILE } from './prepare-image.ts'

export interface TestInImageOptions {
  project: string
  /** The service's. */
  name: string
  platform: string
  /** What the tests run on. @default the Dockerfile's TOOLS */
  tools?: string | undefined
}

/** The stage of the Dockerfile that installs the project in a container and runs a service's tests there. */
export function testRecipe({ project, name, platform, tools }: TestInImageOptions, environment: NodeJS.ProcessEnv = process.env): ImageRecipe {
  return {
    file: DOCKERFILE,
    target: 'test',
    context: project,
    reference: `localhost/slipway/${name}:test`,
    platform,
    arguments: { SERVICE: name, ...(tools !== undefined && { TOOLS: tools }) },
    labels: {},
    epoch: 0,
    ...(environment.NODE_EXTRA_CA_CERTS && { secrets: { ca: environment.NODE_EXTRA_CA_CERTS } }),
  }
}

/** Runs that stage. @throws {CliError} with the last of what the tests say when one fails. */
export async function testInImage(engine: Engine, recipe: ImageRecipe, progress: Progress, seconds: number): Promise<void> {
  await progress.step(`Testing in a container with ${engine.name}`, (say) => outputOf(engine.build(recipe), { seconds, onLine: say }))
}
