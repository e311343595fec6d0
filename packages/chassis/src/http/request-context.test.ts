import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { defineRoute, defineService, type OpenResource, type RequestScope, type Resource } from '../index.ts'
import { testService } from '../testing.ts'

interface View {
  requestId: string
  number: number
}

class Shop implements OpenResource<View> {
  views = 0
  readonly handle = { requestId: 'none', number: 0 }

  forRequest({ requestId }: RequestScope): View {
    this.views++
    return { requestId, number: this.views }
  }

  async check() {}
  async close() {}
}

test('a resource makes its view of a request once, as its own method, and not before it is used', async () => {
  const shop = new Shop()
  const resource: Resource<View> = { kind: 'shop', config: {}, network: () => [], open: async () => shop }
  const service = defineService({ name: 'workshop', summary: 'Works.', resources: { shop: resource } }, [
    defineRoute({ method: 'GET', path: '/unused', summary: 'Uses nothing.', handler: () => {} }),
    defineRoute({
      method: 'GET',
      path: '/used',
      summary: 'Uses the shop.',
      response: z.object({ requestId: z.string(), number: z.number(), isSame: z.boolean() }),
      handler: (_input, context: { readonly shop: View }) => {
        const { shop } = context
        return { ...shop, isSame: shop === context.shop }
      },
    }),
  ])
  const tested = await testService(service)
  const used = async (id: string) => (await tested.request('/used', { headers: { 'x-request-id': id } })).json()
  await tested.request('/unused')
  assert.deepEqual(await used('first'), { requestId: 'first', number: 1, isSame: true })
  assert.deepEqual(await used('second'), { requestId: 'second', number: 2, isSame: true })
  await tested.stop()
})
