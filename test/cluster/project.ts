import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** By it everything that the test makes on a cluster is told from what was there. */
export const PREFIX = 'slipway-test-'
export const CUSTOMERS = { a: 'Hi!', b: 'Dear Sir or Madam!', c: 'Moin!' } as const
export const GREETERS = Object.keys(CUSTOMERS).map((letter) => `${PREFIX}customer-${letter}`)
export const CONFIGS = `${PREFIX}configs`

const deployment = (service: string, name: string, config = '') =>
  `    { service: ${service}, name: '${name}', namespace: '${name}', host: '${name}.example.com', config: {${config}} },`

const STACK = `import { defineStack } from '@slipway/cli'
import configs from './services/configs/service.ts'
import greeter from './services/greeter/service.ts'

export default defineStack({
  deployments: [
${GREETERS.map((name) => deployment('greeter', name, ` CUSTOMER_NAME: '${name.slice(-1).toUpperCase()}' `)).join('\n')}
${deployment('configs', CONFIGS)}
  ],
})
`

export interface ClusterProject {
  folder: string
  /** Changes the greeter's code, so that its next image is another one. */
  change(from: string, to: string): void
  remove(): void
}

/** A project with this one's services, chart and command, whose deployments have names of their own. */
export function createClusterProject(): ClusterProject {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-cluster-')))
  const isSource = (path: string) => !path.includes('node_modules')
  for (const name of ['greeter', 'configs'])
    cpSync(join(ROOT, 'services', name), join(folder, 'services', name), { recursive: true, filter: isSource })
  for (const name of ['node_modules', 'chart']) symlinkSync(join(ROOT, name), join(folder, name))
  writeFileSync(join(folder, 'slipway.config.ts'), STACK)
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  const service = join(folder, 'services/greeter/service.ts')
  return {
    folder,
    change(from, to) {
      const before = readFileSync(service, 'utf8')
      if (!before.includes(from)) throw new Error(`services/greeter/service.ts does not say ${from}.`)
      writeFileSync(service, before.replaceAll(from, to))
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
