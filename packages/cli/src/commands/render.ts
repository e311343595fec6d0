import { Command, Option } from 'commander'
import { findHelm } from '../find-helm.ts'
import { findProject } from '../find-project.ts'
import { addExamples } from './add-examples.ts'

interface Options {
  check?: boolean
  diff?: boolean
  manifests: boolean
}

/** `slipway render`: the files that are derived from the services and the stack. */
export function createRenderCommand(): Command {
  const command = new Command('render')
    .summary('write what is derived from services and stack to generated/')
    .description(
      "Writes to generated/ what is derived: OpenAPI, .env.example, config reference and dashboard of every service; Helm values, plain manifests and alerts of every deployment, in every environment; a kustomize base of each environment; a compose file. Each deployment's config is judged by its service's own schemas first; when anything is wrong, nothing is written.",
    )
    .addOption(new Option('--check', 'write nothing; fail with 1 when a file is stale, missing or left over').conflicts('diff'))
    .addOption(new Option('--diff', 'write nothing; show what would change of each deployment, resource by resource').conflicts('manifests'))
    .option('--no-manifests', 'leave plain manifests and alerts as they are, where there is no helm to render them')
    .action(async ({ check, diff, manifests }: Options) => {
      const { renderProject } = await import('../render/render-project.ts')
      const { checkFiles, writeFiles } = await import('../render/rendered-files.ts')
      const { diffManifests } = await import('../render/diff-manifests.ts')
      const project = findProject()
      const files = await renderProject(project, manifests ? findHelm() : undefined)
      const finish = check ? checkFiles : diff ? diffManifests : writeFiles
      console.log(finish(project, files))
    })
  return addExamples(command, [
    ['slipway render', 'write them'],
    ['slipway render --check', 'for a pipeline: are they what the sources give?'],
    ['slipway render --diff', 'what a change would change on the cluster'],
  ])
}
