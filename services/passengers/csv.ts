import { pipeline } from 'node:stream/promises'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { type InputError, ServiceError } from '@slipway/chassis'
import { CsvError, parse } from 'csv-parse'
import { z } from 'zod'
import { facts, type PassengerInput } from './passenger.ts'

/** What the members are called in a file; slashes and blanks may also be underscores there. */
const COLUMNS: Readonly<Record<Exclude<keyof PassengerInput, 'uuid'>, string>> = {
  survived: 'Survived',
  passengerClass: 'Pclass',
  name: 'Name',
  sex: 'Sex',
  age: 'Age',
  siblingsOrSpousesAboard: 'Siblings/Spouses Aboard',
  parentsOrChildrenAboard: 'Parents/Children Aboard',
  fare: 'Fare',
}
const HEADER = Object.values(COLUMNS).join(',')
const MEMBERS: ReadonlyMap<string, string> = new Map(Object.entries(COLUMNS).map(([member, column]) => [normalised(column), member]))
const MAX_ERRORS = 100
/** Some milliseconds of work. */
const ROWS_A_TURN = 250
const MAX_RECORD_BYTES = 10_000

/** What makes a file no CSV, by the codes of the parser, whose own messages are for programmers. */
const FAULTS: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'Its quote is never closed',
  CSV_MAX_RECORD_SIZE: `It must not have more than ${MAX_RECORD_BYTES} bytes; is a quote not closed?`,
  CSV_INVALID_CLOSING_QUOTE: 'A quote in a quoted cell must be doubled',
  INVALID_OPENING_QUOTE: 'A cell with a quote in it must be quoted, and the quote doubled',
}

/** A cell is text; what stands in it must be a number, for NaN and Infinity are none. */
const cellNumber = z
  .string()
  .regex(/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/, 'It must be a number')
  .transform(Number)

const csvPassenger: z.ZodType<PassengerInput> = z.object({
  survived: z.enum(['0', '1', 'true', 'false'], 'It must be 0 or 1').transform((text) => text === '1' || text === 'true'),
  passengerClass: cellNumber.pipe(facts.passengerClass),
  name: facts.name,
  sex: facts.sex,
  age: z.preprocess((text) => (text === '' ? null : text), cellNumber.pipe(facts.age.unwrap()).nullable()),
  siblingsOrSpousesAboard: cellNumber.pipe(facts.siblingsOrSpousesAboard),
  parentsOrChildrenAboard: cellNumber.pipe(facts.parentsOrChildrenAboard),
  fare: cellNumber.pipe(facts.fare),
})

/**
 * Reads passengers from a CSV file as it arrives (RFC 4180), in batches. Rows are counted as a spreadsheet does: the header is row 1.
 *
 * @throws {ServiceError} `validation_failed` with the first rows that are wrong, `malformed_body` when it is not UTF-8
 */
export async function* readPassengers(bytes: AsyncIterable<Uint8Array>, batchSize: number): AsyncGenerator<PassengerInput[]> {
  const errors: InputError[] = []
  let batch: PassengerInput[] = []
  let members: readonly string[] | undefined
  let row = 0
  for await (const cells of readRows(bytes)) {
    row++
    // Rows that are there already would not let any other request have its turn until they were all read.
    if (row % ROWS_A_TURN === 0) await nextTurn()
    // An empty line; it counts.
    if (cells.length === 1 && cells[0] === '') continue
    if (!members) {
      members = readHeader(cells)
      continue
    }
    const passenger = readPassenger(cells, members, row, errors)
    // Nothing of a file is stored when any of its rows is wrong, so from the first one on the rest is only looked at.
    if (passenger && errors.length === 0) batch.push(passenger)
    if (errors.length >= MAX_ERRORS) break
    if (batch.length < batchSize) continue
    yield batch
    batch = []
  }
  if (!members) throw refuse([{ path: 'row 1', message: `It must be the header ${HEADER}, in any order` }])
  if (errors.length > 0) throw refuse(errors)
  yield batch
}

function readHeader(cells: readonly string[]): readonly string[] {
  const members = cells.map((cell) => MEMBERS.get(normalised(cell)))
  const known = new Set(members.filter((member) => member !== undefined))
  if (known.size === MEMBERS.size && known.size === cells.length) return members as string[]
  throw refuse([{ path: 'row 1', message: `It must be the header ${HEADER}, in any order` }])
}

function normalised(column: string): string {
  return column.trim().toLowerCase().replace(/[ /]/g, '_')
}

function readPassenger(cells: readonly string[], members: readonly string[], row: number, errors: InputError[]): PassengerInput | undefined {
  if (cells.length !== members.length) {
    errors.push({ path: `row ${row}`, message: `It must have ${members.length} cells; it has ${cells.length}` })
    return undefined
  }
  const parsed = csvPassenger.safeParse(Object.fromEntries(members.map((member, index) => [member, cells[index]])))
  if (parsed.success) return parsed.data
  const reasons = parsed.error.issues.map(({ path: [member], message }) => `${COLUMNS[member as keyof typeof COLUMNS]}: ${message}`)
  errors.push({ path: `row ${row}`, message: reasons.join('; ') })
  return undefined
}

async function* readRows(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string[]> {
  const parser = parse({ bom: true, record_delimiter: ['\r\n', '\n', '\r'], relax_column_count: true, max_record_size: MAX_RECORD_BYTES })
  const reading = pipeline(decode(bytes), parser)
  // What goes wrong is thrown below; here it is only kept from being nobody's.
  reading.catch(() => {})
  try {
    yield* parser as AsyncIterable<string[]>
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw refuse([{ path: `row ${Number(error.records) + 1}`, message: FAULTS[error.code] ?? 'It is no CSV (RFC 4180)' }])
  } finally {
    parser.destroy()
  }
}

async function* decode(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const decodeNext = (chunk?: Uint8Array) => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined })
    } catch (cause) {
      throw new ServiceError('malformed_body', 'The file is not UTF-8.', { cause })
    }
  }
  for await (const chunk of bytes) yield decodeNext(chunk)
  yield decodeNext()
}

function refuse(errors: readonly InputError[]): ServiceError {
  const [first] = errors
  const others = errors.length >= MAX_ERRORS ? `at least ${MAX_ERRORS - 1} rows more` : `${errors.length - 1} rows more`
  const more = errors.length > 1 ? `, and ${others}` : ''
  return new ServiceError('validation_failed', `Nothing was imported. ${first?.path}: ${first?.message}${more}.`, { errors })
}
