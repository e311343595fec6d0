import { Command, Option } from 'commander'
import { findProject } from '../find-project.ts'
import { addExamples } from './add-examples.ts'

interface Options {
  check?: boolean
}

/** `slipway render`: the files that are derived from the stack. */
export function createRenderCommand(): Command {
  const command = new Command('render')
    .summary('write what is derived from the stack to generated/')
    .description(
      "Writes the Helm values of every deployment, in every environment, to generated/. Each deployment's config is judged by its service's own schemas first; when anything is wrong, nothing is written.",
    )
    .addOption(new Option('--check', 'write nothing; fail with 1 when a file is stale, missing or left over'))
    .action(async ({ check }: Options) => {
      const { renderProject } = await import('../render/render-project.ts')
      const { checkFiles, writeFiles } = await import('../render/rendered-files.ts')
      const project = findProject()
      const files = await renderProject(project)
      console.log(check ? checkFiles(project, files) : writeFiles(project, files))
    })
  return addExamples(command, [
    ['slipway render', 'write them'],
    ['slipway render --check', 'for a pipeline: are they what the sources give?'],
  ])
}
