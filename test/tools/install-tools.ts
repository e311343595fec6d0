import { installServers } from '../databases/shared-servers.ts'
import { chromium } from './chromium.ts'
import { helm } from './helm.ts'
import { promtool } from './promtool.ts'

// Run before the tests, whose own output hides how an installation gets on: `node test/tools/install-tools.ts`.
try {
  await helm()
  await promtool()
  await chromium()
  await installServers()
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
}
