import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { test } from 'node:test'

test('bare Hono is the very Hono that the chassis uses, or the ratios to it would compare two versions', () => {
  const chassis = createRequire(new URL('../../packages/chassis/package.json', import.meta.url))
  const here = createRequire(import.meta.url)
  for (const name of ['hono', '@hono/node-server']) assert.equal(here.resolve(name), chassis.resolve(name))
})
