import { installServers } from '../databases/shared-servers.ts'
import { chromium } from './chromium.ts'
import { composeCommands } from './docker-compose.ts'
import { helm } from './helm.ts'
import { kubectl } from './kubectl.ts'
import { podman } from './podman.ts'
import { promtool } from './promtool.ts'
import { shellcheck } from './shellcheck.ts'

const TOOLS: Readonly<Record<string, () => Promise<unknown>>> = {
  helm,
  kubectl,
  podman,
  promtool,
  shellcheck,
  chromium,
  compose: composeCommands,
  servers: installServers,
}

// Run before the tests, whose own output hides how an installation gets on: `node test/tools/install-tools.ts`, or with the names of some tools.
try {
  const chosen = process.argv.slice(2)
  for (const [name, install] of Object.entries(TOOLS)) if (chosen.length === 0 || chosen.includes(name)) await install()
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
}
