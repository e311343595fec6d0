import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Spool } from './spool.ts'

async function* blocksOf(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text)
}

async function textOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  let text = ''
  for await (const block of bytes) text += Buffer.from(block).toString()
  return text
}

describe('a spool', () => {
  test('gives back what it was given, in memory and in a file, as often as it is asked', async () => {
    for (const inMemory of [0, 3, 100]) {
      const spooled = await new Spool({ inMemory, onDisk: 100 }).read(blocksOf('ab', 'cd', 'e'))
      for (let time = 0; time < 2; time++) assert.equal(await textOf(spooled.bytes()), 'abcde')
      await spooled.close()
    }
  })

  test('has room for so much of all bodies together, and again when they are closed or broke off', async () => {
    const spool = new Spool({ inMemory: 0, onDisk: 5 })
    const first = await spool.read(blocksOf('abc'))
    await assert.rejects(spool.read(blocksOf('abc')), { code: 'resource_unavailable', retryAfter: 5 })
    const second = await spool.read(blocksOf('ab'))
    await first.close()
    await first.close()
    const third = await spool.read(blocksOf('abc'))
    for (const spooled of [second, third]) await spooled.close()
  })
})
