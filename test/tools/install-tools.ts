import { installServers } from '../databases/shared-servers.ts'
import { chromium } from './chromium.ts'
import { dockerCompose } from './docker-compose.ts'
import { helm } from './helm.ts'
import { kubectl } from './kubectl.ts'
import { promtool } from './promtool.ts'

// Run before the tests, whose own output hides how an installation gets on: `node test/tools/install-tools.ts`.
try {
  await helm()
  await kubectl()
  await promtool()
  await chromium()
  await dockerCompose()
  await installServers()
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
}
