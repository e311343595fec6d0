import type { Contender } from '../part.ts'

type Named = Pick<Contender, 'label' | 'runtime'> & { operation?: string | undefined; database?: string | undefined }

/** For a line of its own: `Slipway, everything on (node, read, SQLite)`. */
export function nameContender({ label, runtime, operation, database }: Named): string {
  return `${label} (${[runtime, operation, database].filter((word) => word !== undefined).join(', ')})`
}
