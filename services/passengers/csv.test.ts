import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { databases } from '../../test/databases/databases.ts'
import { type Answer, assertProblem, useService } from '../../test/open-service.ts'
import type { Passenger } from './passenger.ts'
import service from './service.ts'

const HEADER = 'Survived,Pclass,Name,Sex,Age,Siblings/Spouses Aboard,Parents/Children Aboard,Fare'
const INITIAL = 36
const row = (name: string) => `0,3,${name},male,22,1,0,7.25`
const rowsOf = (...rows: string[]) => [HEADER, ...rows].join('\n')

/** Files that are imported, with the names in them. */
const imports: Readonly<Record<string, readonly [file: string | Uint8Array, names: readonly string[]]>> = {
  'one row': [rowsOf(row('Plain')), ['Plain']],
  'a line break at the end': [`${rowsOf(row('Ended'))}\n`, ['Ended']],
  'quotes, apostrophes and commas': [rowsOf(row(`"Mrs. ""Aoife"" (Nora), O'Dwyer"`)), [`Mrs. "Aoife" (Nora), O'Dwyer`]],
  'line breaks in quotes': [rowsOf(row('"one\ntwo\r\nthree"')), ['one\ntwo\r\nthree']],
  CRLF: [[HEADER, row('First'), row('Second'), ''].join('\r\n'), ['First', 'Second']],
  'line breaks of several kinds': [`${HEADER}\r\n${row('First')}\n${row('Second')}\r\n`, ['First', 'Second']],
  'a byte order mark': [`\ufeff${rowsOf(row('Marked'))}`, ['Marked']],
  'empty lines': [`\n${HEADER}\n\n${row('Between')}\n\n`, ['Between']],
  'quoted header and cells': [`${HEADER.replace(/[^,]+/g, '"$&"')}\n"0","3","Quoted","male","22","1","0","7.25"`, ['Quoted']],
  'columns in another order': [
    'Name,Fare,Sex,Age,Pclass,Survived,Parents/Children Aboard,Siblings/Spouses Aboard\nReordered,7.25,male,22,3,0,0,1',
    ['Reordered'],
  ],
  'underscores and another case': [
    `survived,PCLASS,name,sex,age,siblings_spouses_aboard,Parents_Children_Aboard,FARE\n${row('Underscored')}`,
    ['Underscored'],
  ],
  'numbers in other words': [rowsOf('true,3.0,Numbers,male,2.2e1,1e0,+0,.725e1'), ['Numbers']],
  'nothing but the header': [HEADER, []],
  'text of all planes': [rowsOf(row('Ødegård 🚢 İ 漢字')), ['Ødegård 🚢 İ 漢字']],
  SQL: [rowsOf(row(`"'); DROP TABLE passenger; --"`)), [`'); DROP TABLE passenger; --`]],
}

/** Files of which nothing is imported, with the rows that are named. */
const refusals: Readonly<Record<string, readonly [file: string | Uint8Array, rows: readonly string[], reason: RegExp]>> = {
  'an empty file': ['', ['row 1'], /header Survived,/],
  'empty lines alone': ['\n\n', ['row 1'], /header Survived,/],
  'a missing column': [`${HEADER.replace(',Fare', '')}\n0,3,A,male,22,1,0`, ['row 1'], /header/],
  'an extra column': [`${HEADER},Cabin\n${row('A')},C85`, ['row 1'], /header/],
  'a column twice': [`${HEADER.replace('Fare', 'Age')}\n${row('A')}`, ['row 1'], /header/],
  'a column with the name of a method': [`${HEADER.replace('Fare', 'constructor')}\n${row('A')}`, ['row 1'], /header/],
  'no header': [row('A'), ['row 1'], /header/],
  semicolons: [rowsOf(row('A')).replaceAll(',', ';'), ['row 1'], /header/],
  'a quote that is never closed': [rowsOf(row('A'), row('"B')), ['row 3'], /never closed/],
  'a quote within a cell': [rowsOf(row('A'), row('B "C"')), ['row 3'], /must be quoted/],
  'text after a quote': [rowsOf(row('"A"B')), ['row 2'], /must be doubled/],
  'too few cells': [rowsOf(row('A'), '0,3'), ['row 3'], /8 cells; it has 2/],
  'too many cells': [rowsOf(`${row('A')},1`), ['row 2'], /8 cells; it has 9/],
  'several bad rows, an empty line between them': [
    rowsOf('x,3,A,male,22,1,0,7', '', row('B'), '0,4,C,Male,22,1,0,7'),
    ['row 2', 'row 5'],
    /Survived: It must be 0 or 1/,
  ],
  'NaN and Infinity': [
    rowsOf('0,3,A,male,NaN,1,0,7', '0,3,A,male,22,1,0,Infinity', '0,3,A,male,22,1,0,-Infinity'),
    ['row 2', 'row 3', 'row 4'],
    /^Age: /,
  ],
  'numbers out of range': [
    rowsOf('0,0,A,male,22,1,0,7', '0,3,A,male,151,1,0,7', '0,3,A,male,22,1e10,0,7', '0,3,A,male,22,1,-1,7', '0,3,A,male,22,1,0,1e999'),
    ['row 2', 'row 3', 'row 4', 'row 5', 'row 6'],
    /^Pclass: /,
  ],
  'empty and blank cells': [
    rowsOf(
      ',3,A,male,22,1,0,7',
      '0,,A,male,22,1,0,7',
      '0,3,,male,22,1,0,7',
      '0,3,A,,22,1,0,7',
      '0,3,A,male, ,1,0,7',
      '0,3,A,male,22,,0,7',
      '0,3,A,male,22,1,0,',
    ),
    ['row 2', 'row 3', 'row 4', 'row 5', 'row 6', 'row 7', 'row 8'],
    /^Survived: /,
  ],
  'numbers in other clothes': [
    rowsOf('0,0x1,A,male,22,1,0,7', '0,3,A,male,1_0,1,0,7', '0,3,A,male,22,1.5,0,7', '0,3,A,male,22,1,0,£7'),
    ['row 2', 'row 3', 'row 4', 'row 5'],
    /^Pclass: /,
  ],
  'a NUL': [rowsOf(row('A\0B')), ['row 2'], /NUL/],
  'a name of 151 characters': [rowsOf(row('x'.repeat(151))), ['row 2'], /150/],
  'a record of 10 MB': [rowsOf(row('A'), row(`"${'x'.repeat(10_000_000)}"`)), ['row 3'], /more than 10000 bytes/],
}

for (const kind of databases) {
  describe(`import of passengers from CSV on ${kind}`, () => {
    const open = useService(service, kind)
    const send = async (body: unknown, path = '/passengers', type = 'text/csv'): Promise<Answer> =>
      (await open()).send('POST', path, { body, headers: { 'content-type': type } })
    const all = async (): Promise<Passenger[]> => (await (await open()).send('GET', '/passengerlist')).body

    for (const [what, [file, names]] of Object.entries(imports)) {
      test(`imports ${what}`, { timeout: 60_000 }, async () => {
        const before = (await all()).length
        const { status, body } = await send(file)
        assert.deepEqual([status, body], [200, { imported: names.length }])
        const added = (await all()).slice(before)
        assert.deepEqual(
          added.map(({ name }) => name),
          names,
        )
        for (const { uuid, ...facts } of added)
          assert.deepEqual(facts, {
            survived: what.startsWith('numbers'),
            passengerClass: 3,
            name: facts.name,
            sex: 'male',
            age: 22,
            siblingsOrSpousesAboard: 1,
            parentsOrChildrenAboard: 0,
            fare: 7.25,
          })
        await Promise.all(added.map(async ({ uuid }) => (await open()).send('DELETE', `/passengers/${uuid}`)))
      })
    }

    test('imports a file without an age, under the old path and with a charset', { timeout: 60_000 }, async () => {
      assert.deepEqual((await send(rowsOf('1,1,Ageless,female,,0,0,7'), '/postpassenger', 'Text/CSV; charset=utf-8; header=present')).body, {
        imported: 1,
      })
      const added = (await all()).find(({ name }) => name === 'Ageless')
      assert.equal(added?.age, null)
      await (await open()).send('DELETE', `/passengers/${added?.uuid}`)
    })

    for (const [what, [file, rows, reason]] of Object.entries(refusals)) {
      test(`refuses ${what}`, { timeout: 60_000 }, async () => {
        const answer = await send(file)
        assertProblem(answer, 422, 'validation_failed')
        assert.deepEqual(
          answer.body.errors.map(({ path }: { path: string }) => path),
          rows,
        )
        assert.match(answer.body.errors[0].message, reason)
        assert.match(answer.body.detail, /^Nothing was imported\. /)
        assert.equal((await all()).length, INITIAL)
      })
    }

    test('refuses what is no UTF-8, at the beginning, at the end, and half of a character', { timeout: 60_000 }, async () => {
      const text = rowsOf(...Array(1000).fill(row('A')))
      for (const file of [Buffer.from([0xff, 0xfe, 0x53, 0]), Buffer.from(`${text}\xe9`, 'latin1'), Buffer.from(`${text}🚢`).subarray(0, -2)])
        assertProblem(await send(file), 400, 'malformed_body')
      assert.equal((await all()).length, INITIAL)
    })

    test('one bad row among 1,000: it is named, and nothing is stored', { timeout: 60_000 }, async () => {
      const rows = Array(1000).fill(row('Good'))
      for (const place of [0, 500, 999]) {
        const answer = await send(rowsOf(...rows.with(place, '2,9,Bad,male,22,1,0,7')))
        assertProblem(answer, 422, 'validation_failed')
        assert.deepEqual(
          answer.body.errors.map(({ path }: { path: string }) => path),
          [`row ${place + 2}`],
        )
        assert.match(answer.body.errors[0].message, /^Survived: It must be 0 or 1; Pclass: /)
      }
      assert.equal((await all()).length, INITIAL)
    })

    test('of many bad rows the first hundred are named', { timeout: 60_000 }, async () => {
      const { body } = await send(rowsOf(...Array(5000).fill('bad')))
      assert.equal(body.errors.length, 100)
      assert.equal(body.errors[99].path, 'row 101')
    })

    test('20 refused imports and 20 good ones at once cost no connection', { timeout: 60_000 }, async () => {
      const files = Array.from({ length: 40 }, (_, index) => rowsOf(...Array(300).fill(row('At once')), index % 2 === 0 ? 'bad' : row('At once')))
      const answers = await Promise.all(files.map((file) => send(file)))
      assert.deepEqual(
        answers.map(({ status }) => status),
        files.map((_, index) => (index % 2 === 0 ? 422 : 200)),
      )
      assert.equal((await all()).length, INITIAL + 20 * 301)
      assert.equal((await (await open()).send('GET', '/readyz')).status, 200)
    })
  })
}
