import type { z } from 'zod'
import type { Route } from './define-route.ts'
import { innerSchema } from './secret.ts'

/** The statuses of success that a route may answer with, the one it answers with by itself first. */
export function statusesOf({ status, response }: Pick<Route, 'status' | 'response'>): readonly [number, ...number[]] {
  const stated = typeof status === 'object' ? status : status === undefined ? [] : [status]
  const [first = response ? 200 : 204, ...others] = stated
  return [first, ...others]
}

/** The media types that a route's body may have. */
export function mediaTypesOf({ accepts }: Pick<Route, 'accepts'>): readonly string[] {
  return accepts ?? ['application/json']
}

/** The schema of each item where a schema is of lists, as `z.array(...)` is; undefined where it is not. */
export function itemSchema(schema: z.core.$ZodType | undefined): z.core.$ZodType | undefined {
  for (let current = schema; current; current = innerSchema(current)) {
    const { def } = current._zod
    if (def.type === 'array') return (def as z.core.$ZodArrayDef).element
  }
  return undefined
}
