import { z } from 'zod'

const MAX_NAME = 253
const MAX_METADATA_BYTES = 65_536
const MAX_METADATA_DEPTH = 32
/** Of the paths of all scalars together, by which a config is found: each repeats the names that it stands under. */
const MAX_PATH_CHARACTERS = 2 ** 20

/** Its path, `/configs/search`, is taken. */
const RESERVED = 'search'

/** A DNS-1123 label path: labels of 1 to 63 characters, separated by dots. */
export const configName = z
  .string()
  .max(MAX_NAME)
  .regex(
    /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/,
    'It must be lower-case letters, digits and hyphens, in labels separated by dots',
  )
  .refine((name) => name !== RESERVED, `It must not be ${RESERVED}, where configs are searched`)
  .meta({ description: 'Lower-case letters, digits and hyphens, in labels separated by dots (DNS-1123).', examples: ['datacenter-1'] })

/** Nested JSON of any shape. The members `enabled` and `value` mean the same wherever they stand, and are checked there. */
export type Metadata = Readonly<Record<string, unknown>>

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
const QUANTITY = /^[+-]?(\d+(\.\d*)?|\.\d+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/

const metadata = z
  .record(z.string(), z.unknown())
  .superRefine((value, context) => {
    for (const { path, message } of metadataFaults(value)) context.addIssue({ code: 'custom', path, message })
  })
  .meta({ examples: [{ limits: { cpu: { enabled: true, value: '500m' } }, monitoring: { enabled: true } }] })

interface Fault {
  path: string[]
  message: string
}

function* metadataFaults(value: Metadata): Generator<Fault> {
  // Counted before anything else looks at it: what is too deep would be too deep for the rest as well.
  if (depthOf(value) > MAX_METADATA_DEPTH) yield { path: [], message: `It must not be nested more than ${MAX_METADATA_DEPTH} levels deep` }
  else if (Buffer.byteLength(JSON.stringify(value)) > MAX_METADATA_BYTES)
    yield { path: [], message: `It must not have more than ${MAX_METADATA_BYTES} bytes` }
  else if (pathCharacters(value) > MAX_PATH_CHARACTERS) yield { path: [], message: 'Its names are too long for how much stands under them' }
  else yield* memberFaults(value, [])
}

function pathCharacters(value: unknown, length = 0): number {
  if (typeof value !== 'object' || value === null) return length
  return Object.entries(value).reduce((sum, [key, member]) => sum + pathCharacters(member, length + key.length + 1), 0)
}

function* memberFaults(value: unknown, path: string[]): Generator<Fault> {
  // JSON has a text for it, 1e999, and no text to give it back as.
  if (typeof value === 'number' && !Number.isFinite(value)) yield { path, message: 'It is more than a number of 64 bits can hold' }
  if (typeof value !== 'object' || value === null) return
  for (const [key, member] of Object.entries(value)) {
    const here = [...path, key]
    if (key === 'enabled' && typeof member !== 'boolean' && member !== 'true' && member !== 'false')
      yield { path: here, message: 'It must be true or false' }
    else if (key === 'value' && !isQuantity(member)) yield { path: here, message: 'It must be a Kubernetes quantity, such as 500m or 2Gi' }
    else yield* memberFaults(member, here)
  }
}

function isQuantity(value: unknown): boolean {
  return typeof value === 'number' ? Number.isFinite(value) : typeof value === 'string' && QUANTITY.test(value)
}

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  let deepest = 0
  for (const member of Object.values(value)) deepest = Math.max(deepest, depthOf(member))
  return deepest + 1
}

export const config = z.object({ dcname: configName, metadata }).meta({ id: 'Config' })
export type Config = z.output<typeof config>

/** What clients send; `name` is an alias of `dcname`. */
export const configInput = z
  .strictObject({ dcname: configName.optional(), name: configName.optional(), metadata })
  .superRefine(({ dcname, name }, context) => {
    if (dcname !== undefined && name !== undefined && dcname !== name)
      context.addIssue({ code: 'custom', path: ['name'], message: 'It must be the same as dcname, or left out' })
  })
export type ConfigInput = z.output<typeof configInput>
