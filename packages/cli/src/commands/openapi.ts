import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { Command } from 'commander'
import { findProject } from '../find-project.ts'
import { findService, loadService } from '../find-service.ts'
import { addExamples } from './add-examples.ts'

/** `slipway openapi`: a service's OpenAPI document. */
export function createOpenApiCommand(): Command {
  const command = new Command('openapi')
    .summary("print a service's OpenAPI 3.1 document")
    .description("Prints a service's OpenAPI 3.1 document, derived from its definition.")
    .argument('<service>', 'its folder in services/')
    .option('-o, --output <file>', 'write it to a file instead')
    .action(async (name: string, { output }: { output?: string }) => {
      const location = findService(findProject(), name)
      const [{ toOpenApi }, service] = await Promise.all([import('@slipway/chassis'), loadService(location)])
      const text = `${JSON.stringify(toOpenApi(service, location.version), undefined, 2)}\n`
      if (output === undefined) {
        process.stdout.write(text)
        return
      }
      mkdirSync(dirname(output), { recursive: true })
      writeFileSync(output, text)
    })
  return addExamples(command, [
    ['slipway openapi greeter', 'as JSON'],
    ['slipway openapi greeter --output greeter.json', 'into a file'],
  ])
}
