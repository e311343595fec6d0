import type { toOpenApi } from '@slipway/chassis'
import { MARK } from './rendered-files.ts'

/** A service's OpenAPI document; `slipway openapi` prints the same without the first member. */
export function renderOpenApi(document: ReturnType<typeof toOpenApi>): string {
  const note = `${MARK} render from the definition of the service. Don't edit it here.`
  return `${JSON.stringify({ 'x-generated': note, ...document }, undefined, 2)}\n`
}
