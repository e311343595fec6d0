import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { z } from 'zod'
import harbour from '../../../../../test/fixtures/harbour/service.ts'
import { SchemaComponents } from '../openapi/schema-components.ts'
import { exampleOf } from './example-of.ts'

function exampleFor(schema: z.ZodType): unknown {
  const components = new SchemaComponents({})
  return exampleOf(components.toSchema(schema, 'input', 'Sample'), components.schemas)
}

describe('exampleOf', () => {
  it('makes a value that its schema takes', () => {
    const Node = z.object({
      id: z.uuid(),
      get next() {
        return Node.optional()
      },
      get all() {
        return z.array(Node)
      },
    })
    const schemas = [
      Node,
      z.json(),
      z.email(),
      z.url(),
      z.iso.date(),
      z.ipv4(),
      z.ipv6(),
      z.iso.duration(),
      z.string().min(8).max(9),
      z.string().max(2),
      z.number().min(3).max(4),
      z.number().gt(0).lt(0.5),
      z.number().lt(-2),
      z.int().gt(-8).lt(-6),
      z.number().multipleOf(5).min(7),
      z.boolean(),
      z.null(),
      z.unknown(),
      z.enum(['a', 'b']),
      z.literal(7),
      z.array(z.int()).min(3),
      z.tuple([z.string(), z.null()]),
      z.record(z.string(), z.int().min(5)),
      z.union([z.null(), z.object({ a: z.string() })]),
      z.nullable(z.int()),
      z.intersection(z.object({ a: z.string() }), z.object({ b: z.string() })),
      z.looseObject({ a: z.string() }),
      ...harbour.routes.flatMap(({ body }) => body ?? []),
    ]
    for (const schema of schemas) {
      const example = exampleFor(schema)
      const { success, error } = schema.safeParse(example)
      assert.ok(success, `${JSON.stringify(example)}: ${error?.message}`)
    }
  })

  it('prefers what the schema gives itself', () => {
    assert.equal(exampleFor(z.string().default('given')), 'given')
    assert.equal(
      exampleFor(
        z
          .string()
          .default('given')
          .meta({ examples: ['first', 'second'] }),
      ),
      'first',
    )
    assert.deepEqual(exampleFor(z.object({ a: z.int().meta({ examples: [42] }) })), { a: 42 })
  })

  it('ends where a schema contains itself', () => {
    const Loop = z.object({
      get other() {
        return Loop
      },
    })
    assert.equal(exampleFor(Loop), null)
  })
})
