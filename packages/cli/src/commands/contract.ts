import { Command } from 'commander'
import { findProject } from '../find-project.ts'
import { findService, loadService } from '../find-service.ts'
import { addExamples } from './add-examples.ts'

interface Options {
  deployment?: boolean
  environment?: string
}

/** `slipway contract`: what every rendered file is made from. */
export function createContractCommand(): Command {
  const command = new Command('contract')
    .summary('print the contract of a service or a deployment')
    .description(
      'Prints as JSON what a service, and with --deployment its entry in the stack, boils down to: config, routes, resources and where they lead, ports, probes, lifecycle times and size. Nothing is run for it.',
    )
    .argument('<name>', 'a folder in services/, or with --deployment a name in slipway.config.ts')
    .option('--deployment', 'of the deployment of that name')
    .option('--environment <name>', 'as deploy/<name>.ts changes it; with --deployment')
    .action(async (name: string, options: Options) => {
      const { toContract } = await import('../contract/to-contract.ts')
      const source = options.deployment || options.environment !== undefined ? await ofDeployment(name, options.environment) : await ofService(name)
      process.stdout.write(`${JSON.stringify(toContract(source), undefined, 2)}\n`)
    })
  return addExamples(command, [
    ['slipway contract greeter', 'of the service, with its defaults'],
    ['slipway contract customer-a --deployment', 'of one deployment'],
    ['slipway contract customer-a --deployment --environment production', 'as it is in production'],
  ])
}

async function ofService(name: string) {
  const location = findService(findProject(), name)
  return { service: await loadService(location), version: location.version }
}

async function ofDeployment(name: string, environment: string | undefined) {
  const project = findProject()
  const { checkDeployments } = await import('../contract/preview-deployment.ts')
  const { findDeployment } = await import('../find-deployment.ts')
  const { loadStackIn } = await import('../load-environment.ts')
  const deployment = findDeployment(await loadStackIn(project, environment), name)
  checkDeployments([deployment], environment)
  return { service: deployment.service, version: findService(project, deployment.service.name).version, deployment }
}
