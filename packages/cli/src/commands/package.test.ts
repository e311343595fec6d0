import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { parse } from 'yaml'
import { helm } from '../../../../test/tools/helm.ts'
import { createProject, PROJECT, runCli } from '../cli.fixture.ts'
import { serviceNames } from '../find-service.ts'

const TIMEOUT = { timeout: 60_000 }
const run = promisify(execFile)

async function callHelm(...args: string[]): Promise<string> {
  const { stdout } = await run(await helm(), args, { maxBuffer: 2 ** 24 }).catch((error: { stdout?: string; stderr?: string }) => {
    throw new Error(`${error.stdout}${error.stderr}`)
  })
  return stdout
}

describe('slipway package', () => {
  let project: ReturnType<typeof createProject>
  const chart = () => join(project.folder, 'dist/charts/greeter')
  const template = (...args: string[]) => callHelm('template', 'customer-d', chart(), ...args)
  const refuses = (set: string, said: RegExp) => assert.rejects(template('--set', set), ({ message }: Error) => said.test(message))

  before(() => {
    project = createProject()
  })
  after(() => project.remove())

  it('makes a chart that has the name, the version and the summary of the service', TIMEOUT, async () => {
    const { code, stdout } = await runCli(['package', 'greeter'], { cwd: project.folder })
    assert.deepEqual([code, stdout], [0, 'dist/charts/greeter: version 0.1.0. helm package dist/charts/greeter makes one file of it.\n'])
    const { name, version, appVersion, description } = parse(readFileSync(join(chart(), 'Chart.yaml'), 'utf8')) as Record<string, string>
    assert.deepEqual([name, version, appVersion], ['greeter', '0.1.0', '0.1.0'])
    assert.match(description ?? '', /^Greets each customer/)
    assert.match(await callHelm('show', 'readme', chart()), /\| `CUSTOMER_NAME` \|/)
    assert.match(await callHelm('package', chart(), '--destination', project.folder), /greeter-0\.1\.0\.tgz/)
  })

  it('renders with nothing but config, which stays text', TIMEOUT, async () => {
    const rendered = await template(
      '--set-string',
      'config.CUSTOMER_NAME=1',
      '--set',
      'config.MAX_BODY_BYTES=2048',
      '--set',
      'config.OTEL_SDK_DISABLED=true',
    )
    for (const line of ['  "CUSTOMER_NAME": "1"', '  "MAX_BODY_BYTES": "2048"', '  "OTEL_SDK_DISABLED": "true"'])
      assert.ok(rendered.includes(`${line}\n`), line)
    assert.match(rendered, /image: "localhost\/slipway\/greeter:0\.1\.0"/)
  })

  it('refuses a value of a wrong type, naming the key', TIMEOUT, async () => {
    await refuses('config.CUSTOMER_NAME=1', /at '\/config\/CUSTOMER_NAME': got number, want string/)
    await refuses('config.GREETING=', /at '\/config\/GREETING': minLength/)
    await refuses('config.MAX_BODY_BYTES=many', /at '\/config\/MAX_BODY_BYTES': got string, want integer/)
    await refuses('config.MAX_JSON_DEPTH=0', /at '\/config\/MAX_JSON_DEPTH': minimum/)
    await refuses('config.OTEL_SDK_DISABLED=maybe', /at '\/config\/OTEL_SDK_DISABLED': value must be one of/)
    await refuses('config.LOG_LEVEL=loud', /at '\/config\/LOG_LEVEL': value must be one of/)
  })

  it('refuses a key that the service does not have, or that is a secret', TIMEOUT, async () => {
    await refuses('config.CUSTOMER_NAM=D', /additional properties 'CUSTOMER_NAM' not allowed/)
    await refuses('config.OTEL_EXPORTER_OTLP_HEADERS=x', /additional properties 'OTEL_EXPORTER_OTLP_HEADERS' not allowed/)
    await refuses('secrets.CUSTOMER_NAME.name=x,secrets.CUSTOMER_NAME.key=y', /invalid propertyName 'CUSTOMER_NAME'/)
  })

  it('describes each key, with its default', () => {
    const { properties } = JSON.parse(readFileSync(join(chart(), 'values.schema.json'), 'utf8'))
    assert.deepEqual(properties.config.properties.CUSTOMER_NAME, {
      description: 'The customer that this deployment serves.',
      default: 'A',
      type: 'string',
    })
  })

  it('refuses a service that there is not', TIMEOUT, async () => {
    assert.equal((await runCli(['package', 'greter'], { cwd: project.folder })).code, 2)
  })
})

describe('the chart of each service of this project', () => {
  for (const name of serviceNames(PROJECT)) {
    it(`of ${name} passes helm lint --strict, and takes the values that are rendered for its deployments`, TIMEOUT, async () => {
      assert.equal((await runCli(['package', name])).code, 0)
      const folder = join(PROJECT, 'dist/charts', name)
      await callHelm('lint', '--strict', folder)
      const deployment = name === 'greeter' ? 'customer-a' : name
      for (const place of ['generated', 'generated/environments/production']) {
        const manifests = readFileSync(join(PROJECT, place, deployment, 'manifests.yaml'), 'utf8')
        const rendered = await callHelm('template', deployment, folder, '--values', join(PROJECT, place, deployment, 'values.yaml'), '--skip-tests')
        assert.equal([...rendered.matchAll(/^kind: /gm)].length, [...manifests.matchAll(/^kind: /gm)].length)
      }
    })
  }
})
