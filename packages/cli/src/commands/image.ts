import { existsSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { Command, Option } from 'commander'
import { BUILD_TARGETS, type BuildTarget, ownPlatform, PLATFORMS } from '../build/build-service.ts'
import { CliError, EXIT_USAGE } from '../cli-error.ts'
import { findProject } from '../find-project.ts'
import type { ImageResult } from '../image/build-image.ts'
import type { Engine } from '../image/engine.ts'
import { ENGINE_NAMES, findEngine } from '../image/find-engine.ts'
import type { PreparedImage } from '../image/prepare-image.ts'
import { type CommandLine, showCommand } from '../program/command-line.ts'
import { createProgress } from '../progress.ts'
import { addExamples } from './add-examples.ts'
import { parseSeconds } from './parse-seconds.ts'

interface Options {
  runtime: BuildTarget
  tag?: string
  platform: string
  engine?: string
  base?: string
  test?: boolean
  tools?: string
  save?: string
  push?: boolean
  timeout: number
  dryRun?: boolean
  json?: boolean
}

/** `slipway image`: a service as a container image. */
export function createImageCommand(): Command {
  const command = new Command('image')
    .summary('build the container image of one service')
    .description(
      'Builds one service as slipway build does, and puts that one file on a distroless base: no shell, no source, no root. The same sources give the same layer. It works with the first of docker, podman, nerdctl and buildah that is there.',
    )
    .argument('<service>', 'its folder in services/')
    .addOption(new Option('--runtime <name>', 'an executable, or a bundle for Node').choices(BUILD_TARGETS).default('native'))
    .option('-t, --tag <reference>', 'name and tag (default: localhost/slipway/<service>:<version>)')
    .addOption(new Option('--platform <name>', 'what it runs on').choices(PLATFORMS).default(ownPlatform()))
    .addOption(new Option('--engine <name>', 'the program that builds it').choices(ENGINE_NAMES))
    .option('--base <image>', 'what the image stands on, with a C library, or with Node for --runtime node')
    .option('--test', "run the service's tests in a container first")
    .option('--tools <image>', 'what those tests run on, a Debian with npm')
    .option('-o, --save <file>', 'write it to an archive, too')
    .option('--push', 'push it where its name says, too')
    .addOption(new Option('--timeout <seconds>', "for each of the engine's programs").argParser(parseSeconds).default(1800))
    .option('--dry-run', "print the engine's command lines; what goes into the image is built all the same")
    .option('--json', 'print the result as JSON')
    .action(makeImage)
  return addExamples(command, [
    ['slipway image greeter', 'localhost/slipway/greeter:0.1.0'],
    ['slipway image greeter --tag registry.example.com/team/greeter:1 --push', 'to a registry'],
    ['slipway image greeter --platform linux/arm64 --save greeter.tar', 'for another machine, as an archive'],
    ['slipway image greeter --test', 'once its tests have passed in a container'],
  ])
}

async function makeImage(name: string, options: Options): Promise<void> {
  const { runtime, tag, platform, base, test, tools, timeout: seconds } = options
  const { prepareImage } = await import('../image/prepare-image.ts')
  const { testInImage, testRecipe } = await import('../image/test-in-image.ts')
  const { buildImage } = await import('../image/build-image.ts')
  const { outputOf } = await import('../program/run-program.ts')
  const archive = options.save === undefined ? undefined : archiveAt(options.save)
  const project = findProject()
  const engine = await findEngine(options.engine)
  const progress = createProgress()
  const tests = test ? testRecipe({ project, name, platform, tools }) : undefined
  if (tests && !options.dryRun) await testInImage(engine, tests, progress, seconds)
  const prepared = await progress.step(`Building ${name} as one file`, () =>
    prepareImage({ project, name, runtime, platform, base, reference: ({ version }) => tag ?? `localhost/slipway/${name}:${version}` }),
  )
  if (options.dryRun) {
    const lines = commandLines(engine, prepared, { ...options, archive, tests })
    return console.log(options.json ? JSON.stringify(lines) : lines.map(showCommand).join('\n'))
  }
  const result = await buildImage(engine, prepared, { progress, seconds, archive })
  if (options.push) await progress.step(`Pushing ${result.image}`, (say) => outputOf(engine.push(result.image), { seconds, onLine: say }))
  console.log(options.json ? JSON.stringify(result) : describe(result))
}

/** @throws {CliError} where no file can be written. */
function archiveAt(path: string): string {
  const file = resolve(path)
  if (existsSync(file) && !statSync(file).isFile())
    throw new CliError(`--save takes the name of a file, as greeter.tar; ${path} is a folder.`, EXIT_USAGE)
  if (!existsSync(dirname(file))) throw new CliError(`There is no folder ${dirname(file)} that --save could write to; make it first.`, EXIT_USAGE)
  return file
}

interface Planned {
  archive: string | undefined
  tests: Parameters<Engine['build']>[0] | undefined
  push?: boolean
}

function commandLines(engine: Engine, { recipe }: PreparedImage, { archive, tests, push }: Planned): CommandLine[] {
  const { reference } = recipe
  return [
    ...(tests ? [engine.build(tests)] : []),
    engine.build(recipe),
    ...(archive === undefined ? [] : [engine.save(reference, archive)]),
    ...(push ? [engine.push(reference)] : []),
  ]
}

function describe({ image, platform, bytes, layer, revision }: ImageResult): string {
  return `${image}: ${(bytes / 1e6).toFixed(1)} MB on its base, ${platform}, revision ${revision}, layer ${layer}`
}
