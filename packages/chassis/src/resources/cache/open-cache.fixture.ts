import { z } from 'zod'
import type { Logger } from '../../definition/logger.ts'
import type { MeterSample, ResourceContext } from '../../definition/resource.ts'
import { cache } from './cache.ts'
import type { CacheConfig } from './cache-config.ts'
import type { CacheOptions } from './cache-options.ts'

interface Options extends Partial<CacheOptions<Note>> {
  config?: Partial<CacheConfig>
  /** Caches of one deployment share what is in Redis. */
  deployment?: string
}

export interface Note {
  text: string
}

/** A cache of notes, opened as a service would. */
export async function openNotes({ config = {}, deployment = crypto.randomUUID(), ...options }: Options = {}) {
  const told: { level: string; message: string }[] = []
  const causes: string[] = []
  const tell = (level: string) => (message: string, fields?: { error?: unknown }) => {
    told.push({ level, message })
    if (fields?.error) causes.push(String(fields.error))
  }
  const log: Logger = { debug: tell('debug'), info: tell('info'), warn: tell('warn'), error: tell('error') }
  const readers = new Map<string, () => readonly MeterSample<string>[]>()
  const resource = cache<Note>({ value: z.object({ text: z.string() }), ...options })
  const defaults = Object.fromEntries(Object.entries(resource.config).map(([key, schema]) => [key, schema.parse(undefined)]))
  const current = { ...(defaults as unknown as CacheConfig), ...config }
  const context: ResourceContext<CacheConfig> = {
    name: 'notes',
    deployment,
    version: '1.0.0',
    config: current,
    longestDeadline: 10,
    log,
    meter: {
      histogram: () => () => ({ observe: () => {} }),
      gauge: ({ name }, read) => void readers.set(name, read),
      counter: ({ name }, read) => void readers.set(name, read),
    },
    signal: new AbortController().signal,
  }
  const open = await resource.open(context)
  const metric = (name: string, label?: string) =>
    readers
      .get(name)?.()
      .find(({ labels }) => label === undefined || Object.values(labels).includes(label))?.value
  return { open, notes: open.handle, told, causes, metric, config: current as { CACHE_URL: string | undefined }, context }
}

/** A load that takes a while, and how often it ran. */
export function countedLoad(milliseconds = 20, text = 'loaded') {
  const counted = {
    count: 0,
    async load(): Promise<Note> {
      counted.count++
      await new Promise((resolve) => setTimeout(resolve, milliseconds))
      return { text: `${text} ${counted.count}` }
    },
  }
  return counted
}
