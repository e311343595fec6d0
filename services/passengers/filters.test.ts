import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { databases } from '../../test/databases/databases.ts'
import { assertProblem, useService } from '../../test/open-service.ts'
import type { Passenger } from './passenger.ts'
import service from './service.ts'

const NAMES = [
  'Ó BRIAIN, Máire',
  'o\u0301 briain, decomposed',
  'Sørensen',
  'SØRENSEN',
  'Weiß',
  'WEISS',
  'İpek',
  'ΟΔΥΣΣΕΥΣ',
  'Οδυσσευς Α',
  'Ǆemal',
  '50% off',
  '50 off',
  'snake_case',
  'snakeXcase',
  'wow!',
  'wow',
  'back\\slash',
  'backslash',
  '"quoted"',
  "O'Malley",
  '[a-z]*',
  'x\u0001y',
  'ＦＵＬＬ',
  '𐐀 Deseret',
]

/** What a search for a part of a name finds, whatever the case of either. */
const searches: Readonly<Record<string, readonly string[]>> = {
  'ó briain': ['Ó BRIAIN, Máire', 'o\u0301 briain, decomposed', 'Dr. Patrick Ó Briain', 'Mr. Albert Ó Briain'],
  'O\u0301 BRIAIN': ['Ó BRIAIN, Máire', 'o\u0301 briain, decomposed', 'Dr. Patrick Ó Briain', 'Mr. Albert Ó Briain'],
  'o briain': [],
  SØREN: ['Sørensen', 'SØRENSEN'],
  søren: ['Sørensen', 'SØRENSEN'],
  soren: [],
  weiß: ['Weiß', 'WEISS'],
  WEISS: ['Weiß', 'WEISS'],
  WEIẞ: ['Weiß', 'WEISS'],
  İPEK: ['İpek'],
  i̇pek: ['İpek'],
  οδυσσευσ: ['ΟΔΥΣΣΕΥΣ', 'Οδυσσευς Α'],
  ΣΕΥΣ: ['ΟΔΥΣΣΕΥΣ', 'Οδυσσευς Α'],
  ǆEMAL: ['Ǆemal'],
  '%': ['50% off'],
  '0% o': ['50% off'],
  _: ['snake_case'],
  '!': ['wow!'],
  '!!': [],
  'w!%': [],
  '\\': ['back\\slash'],
  '\\\\': [],
  '"': ['Mr. Magnus "Red" Haraldsen, Jr.', '"quoted"'],
  "O'M": ["O'Malley"],
  "'; DROP TABLE passenger; --": [],
  "' OR '1'='1": [],
  '[a-z]*': ['[a-z]*'],
  'X\u0001Y': ['x\u0001y'],
  ｆｕ: ['ＦＵＬＬ'],
  '𐐨 D': ['𐐀 Deseret'],
}

for (const kind of databases) {
  describe(`filters of passengers on ${kind}`, () => {
    const open = useService(service, kind)

    test('a name is found by a part of it, whatever its case', { timeout: 60_000 }, async () => {
      const { send } = await open()
      for (const name of NAMES) {
        const body = {
          survived: false,
          passengerClass: 1,
          name,
          sex: 'other',
          age: 1,
          siblingsOrSpousesAboard: 0,
          parentsOrChildrenAboard: 0,
          fare: 0,
        }
        assert.equal((await send('POST', '/passengers', { body })).body.name, name)
      }
      for (const [part, names] of Object.entries(searches)) {
        const { status, body } = await send('GET', `/passengers?name=${encodeURIComponent(part)}`)
        assert.equal(status, 200)
        assert.deepEqual(body.map(({ name }: Passenger) => name).sort(), [...names].sort(), part)
      }
      assert.equal((await send('GET', '/passengers?name=')).body.length, 36 + NAMES.length)
    })

    test('survived, passengerClass and sex, alone and together', { timeout: 60_000 }, async () => {
      const { send } = await open()
      const all: Passenger[] = (await send('GET', '/passengerlist')).body
      const cases: [query: string, isMeant: (passenger: Passenger) => boolean][] = [
        ['survived=true', ({ survived }) => survived],
        ['survived=false', ({ survived }) => !survived],
        ['passengerClass=2', (one) => one.passengerClass === 2],
        ['sex=other', ({ sex }) => sex === 'other'],
        [
          'survived=true&passengerClass=3&sex=female&name=zi',
          (one) => one.survived && one.passengerClass === 3 && one.sex === 'female' && /zi/i.test(one.name),
        ],
        ['survived=true&sex=other', () => false],
      ]
      for (const [query, isMeant] of cases) assert.deepEqual((await send('GET', `/passengers?${query}`)).body, all.filter(isMeant), query)
    })

    test('values that are none are 422, and SQL in any of them is data', { timeout: 60_000 }, async () => {
      const { send } = await open()
      const sql = encodeURIComponent("1' OR '1'='1'; DROP TABLE passenger; --")
      const bad = [
        ...['survived', 'passengerClass', 'sex', 'sort', 'limit', 'cursor'].flatMap((name) => [
          `${name}=${sql}`,
          `${name}=`,
          `${name}=%00`,
          `${name}=%ff`,
        ]),
        ...[
          'survived=TRUE',
          'survived=1',
          'survived=true&survived=true',
          'passengerClass=0',
          'passengerClass=4',
          'passengerClass=1.5',
          'passengerClass=1&passengerClass=2',
        ],
        ...[
          'passengerClass=1e999',
          'sex=Male',
          'sex=male&sex=male',
          'sort=position',
          'sort=revision',
          'sort=--age',
          'sort=age&sort=name',
          'sort=constructor',
        ],
        ...['name=%00', 'name=a%00b', 'name=a&name=b', `name=${'x'.repeat(151)}`, 'limit=0', 'limit=1001', 'limit=abc'],
      ]
      for (const query of bad) assertProblem(await send('GET', `/passengers?${query}`), 422, 'validation_failed')
      assert.deepEqual((await send('GET', `/passengers?name=${sql}`)).body, [])
      assert.equal((await send('GET', `/passengers?${sql}=1&name[]=x&limit=1`)).body.length, 1, 'what is no parameter is ignored')
      assert.ok((await send('GET', '/passengerlist')).body.length >= 36)
    })
  })
}
