import { join, relative, resolve } from 'node:path'
import { Command, Option } from 'commander'
import { BUILD_TARGETS, type BuildResult, type BuildTarget, buildService } from '../build/build-service.ts'
import { findProject } from '../find-project.ts'
import { findService } from '../find-service.ts'
import { addExamples } from './add-examples.ts'

interface Options {
  runtime: BuildTarget
  output?: string
  json?: boolean
}

/** `slipway build`: a service as one file. */
export function createBuildCommand(): Command {
  const command = new Command('build')
    .summary('build one service as one file')
    .description(
      'Bundles one service into one file: an executable that needs nothing else, or with --runtime node a module that runs on plain Node from 22.18 on.',
    )
    .argument('<service>', 'its folder in services/')
    .addOption(new Option('--runtime <name>', 'what the file runs on').choices(BUILD_TARGETS).default('native'))
    .option('-o, --output <folder>', 'where to put it (default: dist/<service> in the project)')
    .option('--json', 'print the result as JSON')
    .action(async (name: string, { runtime, output, json }: Options) => {
      const project = findProject()
      const location = findService(project, name)
      const result = await buildService({
        project,
        location,
        target: runtime,
        output: output === undefined ? join(project, 'dist', name) : resolve(output),
      })
      console.log(json ? JSON.stringify(result) : describe(result))
    })
  return addExamples(command, [
    ['slipway build greeter', 'dist/greeter/greeter, an executable'],
    ['slipway build greeter --runtime node', 'dist/greeter/greeter.mjs, for Node'],
  ])
}

function describe({ file, bytes, milliseconds, version, revision }: BuildResult): string {
  const size = bytes < 1e6 ? `${(bytes / 1e3).toFixed(0)} kB` : `${(bytes / 1e6).toFixed(1)} MB`
  return `${relative(process.cwd(), file)}: ${size} in ${(milliseconds / 1000).toFixed(1)} s, version ${version}, revision ${revision}`
}
