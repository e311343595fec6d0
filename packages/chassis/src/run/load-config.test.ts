import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { z } from 'zod'
import { defineService, secret } from '../index.ts'
import { describeConfig } from './config-keys.ts'
import { ConfigError, type LoadedConfig, loadConfig } from './load-config.ts'
import { misspeltKeys } from './suggest-key.ts'

const service = defineService(
  {
    name: 'shop',
    summary: 'Sells things.',
    config: {
      OWNER: z.string().describe('Whose shop it is.'),
      DOORS: z.int().min(1).max(9).default(2).describe('How many doors.'),
      RATE: z.number().optional().describe('Interest.'),
      OPEN: z.boolean().default(true).describe('Whether it is open.'),
      COLOURS: z
        .array(z.enum(['red', 'green']))
        .default(['red'])
        .describe('Which colours.'),
      SIZES: z.record(z.string(), z.number()).optional().describe('Sizes by name.'),
      TIDY: z
        .string()
        .refine((value) => value === value.trim(), 'It has blanks at an end')
        .optional()
        .describe('A tidy text.'),
      SAFE_TOKEN: secret(z.string().min(8)).optional().describe('Opens the safe.'),
    },
  },
  [],
)

const folder = mkdtempSync(join(tmpdir(), 'slipway-config-'))
after(() => rmSync(folder, { recursive: true }))

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    loadConfig(service, environment)
  } catch (error) {
    assert.ok(error instanceof ConfigError)
    return error.problems
  }
  return []
}

describe('values', () => {
  test('text becomes what the schema takes', () => {
    const environment = { OWNER: '1', DOORS: '3', RATE: '-2.5e-1', OPEN: 'false', COLOURS: 'green, red', SIZES: '{"s":1}' }
    const { service: values } = loadConfig(service, environment)
    assert.deepEqual(
      { ...values },
      { OWNER: '1', DOORS: 3, RATE: -0.25, OPEN: false, COLOURS: ['green', 'red'], SIZES: { s: 1 }, TIDY: undefined, SAFE_TOKEN: undefined },
    )
  })

  test('defaults stand in, for the keys of every service too', () => {
    const { service: values, base } = loadConfig(service, { OWNER: '', OTEL_EXPORTER_OTLP_ENDPOINT: '' })
    assert.deepEqual([values.OWNER, values.DOORS, values.COLOURS], ['', 2, ['red']])
    assert.deepEqual([base.PORT, base.DRAIN_DELAY, base.REQUEST_DEADLINE, base.OTEL_EXPORTER_OTLP_ENDPOINT], [8080, 5, 10, undefined])
    assert.ok(Object.isFrozen(values) && Object.isFrozen(base))
  })
})

describe('problems', () => {
  test('all are said at once, each with key, problem and remedy', () => {
    assert.deepEqual(problemsOf({ PORT: 'abc', LOG_LEVEL: 'loud', DOORS: '1.5', COLOURS: 'red,blue', OPEN: 'yes' }), [
      'OWNER is not set; set it to text: Whose shop it is.',
      'DOORS must be a whole number from 1 to 9; it is "1.5". Unset it for the default, 2.',
      'OPEN must be true or false; it is "yes". Unset it for the default, true.',
      'COLOURS must be a list, separated by commas, each one of red, green; it is "red,blue". Unset it for the default, red.',
      'PORT must be a whole number from 1 to 65535; it is "abc". Unset it for the default, 8080.',
      'LOG_LEVEL must be one of debug, info, warn, error, silent; it is "loud". Unset it for the default, info.',
    ])
  })

  for (const port of ['', ' 80', '0', '65536', '-1', '0x50', '1e9', 'Infinity', 'NaN', '8080.0001']) {
    test(`PORT=${JSON.stringify(port)} is refused`, () =>
      assert.match(problemsOf({ OWNER: 'x', PORT: port })[0] ?? '', /^PORT must be a whole number/))
  }

  test("a rule of the service's own is told in its words", () => {
    assert.deepEqual(problemsOf({ OWNER: 'x', TIDY: ' a' }), ['TIDY is not valid: It has blanks at an end; it is " a".'])
  })

  test("a secret's value is never shown, a long value is cut", () => {
    const [problem] = problemsOf({ OWNER: 'x', SAFE_TOKEN: 'hunter2' })
    assert.equal(problem, 'SAFE_TOKEN must be text of at least 8 characters; its value is not shown, for it is a secret.')
    assert.ok((problemsOf({ OWNER: 'x', LOG_LEVEL: 'x'.repeat(1000) })[0] ?? '').length < 250)
  })

  test('a misspelt key is named with the one that was meant', () => {
    assert.deepEqual(loadConfig(service, { OWNER: 'x', DORS: '3' }).warnings, [
      'DORS is not a config key; DOORS is, and it is not set. Rename it if that was meant.',
    ])
    assert.match(problemsOf({ OWENR: 'x' })[1] ?? '', /^OWENR is not a config key; OWNER is/)
    assert.deepEqual(misspeltKeys(['PORT', 'DOORS'], { SORT_ORDER: '1', PATH: '/', DOORS: '1', DOOR: '2', HOME: '/', PWD: '/' }), [])
    assert.equal(misspeltKeys(['DRAIN_DELAY'], { DRIAN_DELAYS: '1' }).length, 1)
  })
})

describe('secret files', () => {
  const path = join(folder, 'token')
  const refresh = async ({ secretFiles }: LoadedConfig) => {
    const seen: string[] = []
    await secretFiles.refresh(
      (sentence) => seen.push(sentence),
      (key) => seen.push(key),
    )
    return seen
  }

  test('a file gives the value, and a change of it is seen', async () => {
    writeFileSync(path, 'first-token\n')
    const config = loadConfig(service, { OWNER: 'x', SAFE_TOKEN_FILE: path })
    assert.equal(config.service.SAFE_TOKEN, 'first-token')
    assert.equal(config.secrets.censor('a first-token b'), 'a [redacted] b')
    assert.deepEqual(await refresh(config), [])
    writeFileSync(path, 'second-token')
    assert.deepEqual(await refresh(config), ['SAFE_TOKEN'])
    assert.equal(config.service.SAFE_TOKEN, 'second-token')
    assert.equal(config.secrets.censor('second-token, first-token'), '[redacted], [redacted]', 'what it was before stays secret')
  })

  test('a change that is not valid is refused without being shown, a file that is away is waited for', async () => {
    writeFileSync(path, 'first-token')
    const config = loadConfig(service, { OWNER: 'x', SAFE_TOKEN_FILE: path })
    writeFileSync(path, 'short')
    assert.deepEqual(await refresh(config), [
      'SAFE_TOKEN must be text of at least 8 characters; its value is not shown, for it is a secret. The value before it is kept.',
    ])
    rmSync(path)
    assert.deepEqual(await refresh(config), [])
    assert.equal(config.service.SAFE_TOKEN, 'first-token')
  })

  test('a rename is seen, as Kubernetes updates a mounted Secret', async () => {
    for (const version of ['one', 'two']) {
      mkdirSync(join(folder, version))
      writeFileSync(join(folder, version, 'token'), `token-number-${version}`)
    }
    symlinkSync('one', join(folder, '..data'))
    symlinkSync('..data/token', join(folder, 'mounted'))
    const config = loadConfig(service, { OWNER: 'x', SAFE_TOKEN_FILE: join(folder, 'mounted') })
    symlinkSync('two', join(folder, '..data_tmp'))
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'))
    assert.deepEqual(await refresh(config), ['SAFE_TOKEN'])
    assert.equal(config.service.SAFE_TOKEN, 'token-number-two')
  })

  test('a file that is not there, and a key that is set twice', () => {
    assert.deepEqual(problemsOf({ OWNER: 'x', SAFE_TOKEN_FILE: '/nowhere/token' }), [
      "SAFE_TOKEN_FILE names a file that can't be read (ENOENT): /nowhere/token",
    ])
    assert.deepEqual(problemsOf({ OWNER: 'x', SAFE_TOKEN: 'long-enough', SAFE_TOKEN_FILE: path }), [
      'SAFE_TOKEN and SAFE_TOKEN_FILE are both set; unset one of them.',
    ])
  })
})

test('the reference tells of each key what an operator needs', () => {
  const rows = describeConfig(service)
  assert.deepEqual(
    rows.find(({ key }) => key === 'DOORS'),
    {
      key: 'DOORS',
      owner: 'service',
      description: 'How many doors.',
      expects: 'a whole number from 1 to 9',
      isSecret: false,
      isRequired: false,
      default: '2',
    },
  )
  assert.deepEqual(
    rows.filter(({ isSecret }) => isSecret).map(({ key }) => key),
    ['SAFE_TOKEN', 'OTEL_EXPORTER_OTLP_HEADERS'],
  )
  assert.deepEqual(
    rows.filter(({ isRequired }) => isRequired).map(({ key }) => key),
    ['OWNER'],
  )
  assert.ok(rows.every(({ description }) => description.endsWith('.')))
})
