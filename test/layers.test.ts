import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const SOURCE = fileURLToPath(new URL('../packages/chassis/src/', import.meta.url))

/** From the bottom up: a file imports from its own layer and from those before it. */
const LAYERS = ['runtime', 'definition', 'observe', 'resources', 'http', 'collection', 'run']

interface Import {
  from: string
  to: string
}

const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
const imports = files.flatMap(importsOf)

function importsOf(file: string): Import[] {
  const text = readFileSync(join(SOURCE, file), 'utf8')
  return [...text.matchAll(/^(?:import|export)\s(?!type\s)[^'"]*from '(\.[^']+)'/gm)].map(([, path]) => ({
    from: file,
    to: relative(SOURCE, join(SOURCE, dirname(file), path as string)),
  }))
}

const layerOf = (file: string) => LAYERS.indexOf(file.split('/')[0] as string)

describe('the chassis', () => {
  test('imports flow one way, from run down to definition', () => {
    assert.ok(imports.length > 100, 'the imports were found')
    const upward = imports.filter(({ from, to }) => layerOf(from) !== -1 && layerOf(to) > layerOf(from))
    assert.deepEqual(upward, [])
  })

  test('nothing imports a door', () => {
    assert.deepEqual(
      imports.filter(({ to }) => to === 'index.ts' || to === 'testing.ts'),
      [],
    )
  })

  test('no import closes a circle', () => {
    const done = new Set<string>()
    const visit = (file: string, path: readonly string[]): void => {
      assert.ok(!path.includes(file), [...path, file].join(' → '))
      if (done.has(file)) return
      for (const { to } of imports.filter(({ from }) => from === file)) visit(to, [...path, file])
      done.add(file)
    }
    for (const file of files) visit(file, [])
  })

  test('only runtime/ knows which runtime it is', () => {
    const knowing = files.filter(
      (file) => !file.startsWith('runtime/') && /\bBun\.|from 'bun|versions\.bun|@hono\/node-server/.test(readFileSync(join(SOURCE, file), 'utf8')),
    )
    assert.deepEqual(knowing, [])
  })

  test('no file is longer than 300 lines', () => {
    assert.deepEqual(
      files.filter((file) => readFileSync(join(SOURCE, file), 'utf8').split('\n').length > 300),
      [],
    )
  })
})
