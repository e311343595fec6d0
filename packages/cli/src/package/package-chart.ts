import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseDocument } from 'yaml'
import type { Contract } from '../contract/contract.ts'
import { cachePercentOf, egressOf, slowRoutesOf } from '../render/service-values.ts'
import { toValueSchema } from './to-value-schema.ts'

export interface PackageOptions {
  /** The chart that it is made from. */
  chart: string
  /** Where to put it; what is there is replaced. */
  folder: string
  contract: Contract
  /** The config reference, which `helm show readme` prints. */
  readme: string
}

interface ValuesSchema {
  title: string
  properties: Readonly<Record<string, object>>
}

/** What the chart sets by itself, from values of the same meaning. */
const SET_BY_CHART = new Set(['DEPLOYMENT', 'PORT', 'MANAGEMENT_PORT', 'DRAIN_DELAY', 'DRAIN_TIMEOUT'])

/** Writes a Helm chart of one service, whose schema knows the service's config keys and whose values are what the service needs. */
export function packageChart({ chart, folder, contract, readme }: PackageOptions): void {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const part of ['templates', 'files']) cpSync(join(chart, part), join(folder, part), { recursive: true })
  const read = (file: string) => readFileSync(join(chart, file), 'utf8')
  const texts = {
    'Chart.yaml': toChart(read('Chart.yaml'), contract),
    'values.yaml': toValues(read('values.yaml'), contract),
    'values.schema.json': toSchema(read('values.schema.json'), contract),
    'README.md': readme,
  }
  for (const [file, text] of Object.entries(texts)) writeFileSync(join(folder, file), text)
}

function toChart(text: string, { service }: Contract): string {
  const document = parseDocument(text)
  const { name, summary: description, version } = service
  for (const [key, value] of Object.entries({ name, description, version, appVersion: version })) document.set(key, value)
  return document.toString({ lineWidth: 0 })
}

/** With the comments that it has. Everything else follows from the chart's name, which is the service's. */
function toValues(text: string, contract: Contract): string {
  const document = parseDocument(text)
  const { lifecycle, resources } = contract
  document.setIn(['lifecycle', 'drainTimeout'], lifecycle.drainTimeout)
  document.setIn(['memory', 'cachePercent'], cachePercentOf(contract))
  document.setIn(
    ['storage', 'enabled'],
    resources.some(({ kind }) => kind === 'database'),
  )
  document.setIn(['network', 'egress'], document.createNode(egressOf(contract)))
  document.setIn(['monitoring', 'rules', 'slowRoutes'], document.createNode(slowRoutesOf(contract)))
  return document.toString({ lineWidth: 0 })
}

function toSchema(text: string, { service, config }: Contract): string {
  const { properties, ...rest } = JSON.parse(text) as ValuesSchema
  const own = config.filter(({ key }) => !SET_BY_CHART.has(key))
  const secrets = own.filter(({ isSecret }) => isSecret)
  const open = own.filter(({ isSecret }) => !isSecret)
  const files = secrets.map(({ key }) => [`${key}_FILE`, { type: 'string', description: `A file in the container that holds ${key}.` }])
  const required = (keys: typeof own) => keys.filter(({ isRequired }) => isRequired).map(({ key }) => key)
  const ofConfig = {
    type: 'object',
    additionalProperties: false,
    properties: { ...Object.fromEntries(open.map((one) => [one.key, toValueSchema(one)])), ...Object.fromEntries(files) },
    required: required(open),
  }
  const ofSecrets = { ...properties.secrets, propertyNames: { enum: secrets.map(({ key }) => key) }, required: required(secrets) }
  const title = `The values of the service ${service.name}`
  return `${JSON.stringify({ ...rest, title, properties: { ...properties, config: ofConfig, secrets: ofSecrets } }, undefined, 2)}\n`
}
