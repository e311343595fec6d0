import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { databases } from '../../test/databases/databases.ts'
import { assertProblem, type OpenService, useService } from '../../test/open-service.ts'
import type { Passenger } from './passenger.ts'
import service from './service.ts'

const SORTS = ['name', 'age', 'fare', 'passengerClass', 'survived', 'sex', 'siblingsOrSpousesAboard', 'parentsOrChildrenAboard', 'uuid'] as const
type Sort = (typeof SORTS)[number]

const NAMES = ['Ångström', 'Zoë', 'a', 'B', 'ß', '🚢', '\uffee', "O'Dwyer", '"', '%', '_', 'éa', 'e', '100% \\!_']
const AGES = [null, 0, 0.1, 0.30000000000000004, 5e-324, 149.99999999999997, 150, null, 33.333333333333336]
const FARES = [0, 1e308, 1.7976931348623157e308, 5e-324, 0.1, 9007199254740992, 1e21, 12.345678901234567]

const rows = Array.from({ length: 45 }, (_, index) => ({
  survived: index % 2 === 0,
  passengerClass: (index % 3) + 1,
  name: NAMES[index % NAMES.length] as string,
  sex: ['male', 'female', 'other'][index % 3],
  age: AGES[index % AGES.length] as number | null,
  siblingsOrSpousesAboard: index % 4,
  parentsOrChildrenAboard: 2_147_483_647 - (index % 5),
  fare: FARES[index % FARES.length] as number,
}))

/** The target of the Link that names the next page (RFC 8288). */
function nextOf(headers: Headers): string | undefined {
  const link = headers.get('link')
  return link === null ? undefined : (/^<([^>]+)>; rel="next"$/.exec(link)?.[1] ?? assert.fail(link))
}

/** All pages, from the first to the last. */
async function readPages({ send }: OpenService, path: string, afterEach: () => Promise<unknown> = async () => {}): Promise<Passenger[][]> {
  const pages: Passenger[][] = []
  for (let next: string | undefined = path; next !== undefined; ) {
    const { status, headers, body }: Awaited<ReturnType<typeof send>> = await send('GET', next)
    assert.equal(status, 200)
    pages.push(body)
    next = nextOf(headers)
    await afterEach()
  }
  return pages
}

/** As every database must sort: text by code point, no value last, and what is alike in the order of insertion. */
function sorted(all: readonly Passenger[], sort: Sort, direction: 1 | -1): Passenger[] {
  return all.toSorted((one, other) => {
    const [a, b] = [one[sort], other[sort]]
    if (a === null || b === null) return Number(a === null) - Number(b === null)
    return direction * (typeof a === 'string' ? Buffer.compare(Buffer.from(a), Buffer.from(String(b))) : Number(a) - Number(b))
  })
}

for (const kind of databases) {
  describe(`pages of passengers on ${kind}`, () => {
    const open = useService(service, kind)

    test('without a sort they come in the order of insertion, and numbers as they were sent', { timeout: 60_000 }, async () => {
      const opened = await open()
      for (const row of rows) {
        const { status, body } = await opened.send('POST', '/passengers', { body: row })
        assert.deepEqual([status, body], [201, { uuid: body.uuid, ...row }])
      }
      const all = (await opened.send('GET', '/passengerlist')).body
      assert.equal(all.length, 36 + rows.length)
      assert.deepEqual(
        all.slice(36).map(({ uuid, ...facts }: Passenger) => facts),
        rows,
      )
      const pages = await readPages(opened, '/passengers?limit=9')
      assert.deepEqual(
        pages.map(({ length }) => length),
        Array(9).fill(9),
        'no empty page at the end',
      )
      assert.deepEqual(pages.flat(), all)
    })

    for (const sort of SORTS) {
      test(`by ${sort}, up and down, page by page`, { timeout: 60_000 }, async () => {
        const opened = await open()
        const all = (await opened.send('GET', '/passengerlist')).body
        for (const direction of [1, -1] as const) {
          const pages = await readPages(opened, `/passengers?limit=7&sort=${direction < 0 ? '-' : ''}${sort}`)
          assert.deepEqual(pages.flat(), sorted(all, sort, direction))
        }
      })
    }

    test('filters go from page to page, also with what a URL must escape', { timeout: 60_000 }, async () => {
      const opened = await open()
      const all: Passenger[] = (await opened.send('GET', '/passengerlist')).body
      const pages = await readPages(opened, '/passengers?limit=2&sort=-age&survived=true&passengerClass=1&sex=male')
      const expected = all.filter(({ survived, passengerClass, sex }) => survived && passengerClass === 1 && sex === 'male')
      assert.deepEqual(pages.flat(), sorted(expected, 'age', -1))
      const named = await readPages(opened, `/passengers?limit=1&name=${encodeURIComponent('100% \\!_')}`)
      assert.deepEqual([named.length, named.flat()], [3, all.filter(({ name }) => name === '100% \\!_')])
    })

    test('while others are inserted and removed, none is lost and none comes twice', { timeout: 60_000 }, async () => {
      const opened = await open()
      const atStart = new Set<string>((await opened.send('GET', '/passengerlist')).body.map(({ uuid }: Passenger) => uuid))
      for (const sort of ['', '&sort=name', '&sort=-name', '&sort=age', '&sort=-age']) {
        const added: string[] = []
        const change = async () => {
          const bodies = [rows[added.length % rows.length], rows[(added.length + 1) % rows.length]]
          const answers = await Promise.all(bodies.map((body) => opened.send('POST', '/passengers', { body })))
          added.push(...answers.map(({ body }) => body.uuid))
        }
        const uuids = (await readPages(opened, `/passengers?limit=11${sort}`, () => (added.length < 40 ? change() : Promise.resolve())))
          .flat()
          .map(({ uuid }) => uuid)
        assert.equal(new Set(uuids).size, uuids.length, `twice, with ${sort}`)
        assert.deepEqual(
          [...atStart].filter((uuid) => !uuids.includes(uuid)),
          [],
          `lost, with ${sort}`,
        )
        await Promise.all(added.map((uuid) => opened.send('DELETE', `/passengers/${uuid}`)))
      }
    })

    test('a cursor that is cut off, garbage or of another sort is 422', { timeout: 60_000 }, async () => {
      const { send } = await open()
      const cursorOf = async (query: string) =>
        new URLSearchParams(nextOf((await send('GET', `/passengers?limit=3${query}`)).headers)?.split('?')[1]).get('cursor') as string
      const byAge = await cursorOf('&sort=age')
      const byNothing = await cursorOf('')
      assert.match(byAge, /^[\w-]+$/)
      const forged = (parts: unknown) => Buffer.from(JSON.stringify(parts)).toString('base64url')
      const bad: [sort: string, cursor: string][] = [
        ['age', byNothing],
        ['-age', byAge],
        ['name', byAge],
        ['', byAge],
        ...[1, 2, byAge.length - 1].map((length): [string, string] => ['age', byAge.slice(0, length)]),
        ['age', `${byAge}!`],
        ['age', `${byAge}A`],
        ['age', ` ${byAge}`],
        ['age', `${byAge}=`],
        ...[
          ['age', '1', 2],
          ['age', 1.5, 2],
          ['age', 1],
          ['age', 1, '2'],
          ['age', 1, true],
          ['age', 1, [2]],
          ['age', 1, 2, 3],
          { 0: 'age', 1: 1, 2: 2 },
          'age',
          null,
        ].map((parts): [string, string] => ['age', forged(parts)]),
        ['fare', forged(['fare', 1, null])],
        ['name', forged(['name', 1, 5])],
        ['name', forged(['name', 1, null])],
        ['', forged(['', 1, 'x'])],
        ['age', Buffer.from('["age",1,1e999]').toString('base64url')],
      ]
      for (const [sort, cursor] of bad) {
        const answer = await send('GET', `/passengers?${new URLSearchParams({ ...(sort && { sort }), cursor })}`)
        assertProblem(answer, 422, 'validation_failed')
        assert.equal(answer.body.errors[0].path, 'query.cursor')
      }
      for (const value of ['\0', "' OR 1=1 --", '\ud800', 'x'.repeat(1000)])
        assert.ok((await send('GET', `/passengers?sort=name&cursor=${forged(['name', 1, value])}`)).status < 500)
      for (const value of [1e300, -1e300, 0.5])
        assert.ok((await send('GET', `/passengers?sort=passengerClass&cursor=${forged(['passengerClass', 1, value])}`)).status < 500)
    })
  })
}
