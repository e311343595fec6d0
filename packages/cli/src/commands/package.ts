import { join, relative } from 'node:path'
import { Command } from 'commander'
import { findChart } from '../find-chart.ts'
import { findProject } from '../find-project.ts'
import { findService, loadService } from '../find-service.ts'
import { addExamples } from './add-examples.ts'

/** `slipway package`: a Helm chart of one service. */
export function createPackageCommand(): Command {
  const command = new Command('package')
    .summary('make a Helm chart of its own for one service')
    .description(
      "Writes a Helm chart of one service to dist/charts/<service>, for those who use Helm without the stack. Its values.schema.json knows the service's config keys, so that helm refuses a wrong one before it installs anything.",
    )
    .argument('<service>', 'its folder in services/')
    .action(async (name: string) => {
      const project = findProject()
      const location = findService(project, name)
      const [{ describeConfig }, { toContract }, { packageChart }, { renderConfigReference }, service] = await Promise.all([
        import('@slipway/chassis'),
        import('../contract/to-contract.ts'),
        import('../package/package-chart.ts'),
        import('../render/config-reference.ts'),
        loadService(location),
      ])
      const folder = join(project, 'dist', 'charts', name)
      const contract = toContract({ service, version: location.version })
      packageChart({ chart: findChart(project), folder, contract, readme: renderConfigReference(name, describeConfig(service)) })
      const place = relative(process.cwd(), folder)
      console.log(`${place}: version ${location.version}. helm package ${place} makes one file of it.`)
    })
  return addExamples(command, [
    ['slipway package greeter', 'dist/charts/greeter'],
    ['slipway package greeter && helm install customer-d dist/charts/greeter --set config.CUSTOMER_NAME=D', 'and install it'],
  ])
}
