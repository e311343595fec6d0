import { readdirSync } from 'node:fs'
import type { Part } from './part.ts'

/** All parts, by name: one for each file in `bench/parts/`. */
export async function loadParts(): Promise<Map<string, Part>> {
  const parts = new Map<string, Part>()
  for (const file of readdirSync(new URL('parts/', import.meta.url)).sort()) {
    if (!file.endsWith('.ts') || file.endsWith('.test.ts')) continue
    const { default: part } = (await import(`./parts/${file}`)) as { default: Part }
    if (file !== `${part.name}.ts`) throw new Error(`bench/parts/${file} defines the part ${part.name}; the file must be named ${part.name}.ts.`)
    parts.set(part.name, part)
  }
  return parts
}
