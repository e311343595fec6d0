import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'

/** What is stored of a passenger: the number of its last change, which its fare holds, or nothing. */
export type Version = number | 'absent'

export interface StoredPassenger {
  uuid: string
  name: string
  fare: number
}

interface Entry {
  uuid: string | undefined
  /** More than one while nobody knows whether a change happened that no answer came to. */
  versions: Version[]
}

interface ImportedFile {
  rows: number
  isAcknowledged: boolean
}

const FILE_ROW = /^file (\d+) row \d+$/

export const rowName = (file: number, row: number) => `file ${file} row ${row}`

/** What clients were told. Names are unique, so that a passenger which is stored twice shows. */
export class Ledger {
  readonly #entries = new Map<string, Entry>()
  readonly #files = new Map<number, ImportedFile>()
  /** Creations with an `Idempotency-Key` to which no answer came: names by key. */
  readonly unanswered = new Map<string, string>()
  /** The last creation with an `Idempotency-Key` to which one came. */
  lastKeyed: { key: string; name: string; uuid: string } | undefined
  acknowledged = 0
  /** Writes to which no answer came. */
  interruptions = 0
  /** Creations that were repeated with their key. */
  repeated = 0
  /** Names of those that were there before. */
  readonly #first: ReadonlySet<string>
  #count = 0

  constructor(first: readonly StoredPassenger[]) {
    this.#first = new Set(first.map(({ name }) => name))
  }

  newNumber(): number {
    return ++this.#count
  }

  begin(name: string, version: Version): void {
    const entry = this.#entries.get(name) ?? { uuid: undefined, versions: ['absent'] }
    this.#entries.set(name, entry)
    entry.versions.push(version)
  }

  acknowledge(name: string, version: Version, uuid: string): void {
    this.#entries.set(name, { uuid, versions: [version] })
    this.acknowledged++
  }

  beginFile(file: number, rows: number): void {
    this.#files.set(file, { rows, isAcknowledged: false })
  }

  acknowledgeFile(file: number): void {
    const { rows } = this.#files.get(file) as ImportedFile
    this.#files.set(file, { rows, isAcknowledged: true })
    this.acknowledged++
  }

  /** Resolves when so many more writes have been acknowledged. @throws {Error} after 10 s */
  async untilAcknowledged(more: number): Promise<void> {
    const wanted = this.acknowledged + more
    const deadline = Date.now() + 10_000
    while (this.acknowledged < wanted) {
      if (Date.now() > deadline) throw new Error(`Fewer than ${more} writes were acknowledged within 10 s.`)
      await sleep(5)
    }
  }

  /** @throws {AssertionError} where so few writes were acknowledged that their survival proves little */
  assertEnough(occasion: string): void {
    const files = [...this.#files.values()].filter(({ isAcknowledged }) => isAcknowledged).length
    const { acknowledged, interruptions, repeated } = this
    console.log(
      `${occasion}: ${acknowledged} acknowledged writes checked, ${files} of them files; ${interruptions} broke off, ${repeated} repeated by key`,
    )
    assert.ok(acknowledged >= 100 && files > 0 && interruptions > 0 && repeated > 0, 'Too few writes were acknowledged for a proof.')
  }

  /** How what is stored differs from what clients were told. What had been in doubt is known from then on. */
  compare(stored: readonly StoredPassenger[]): string[] {
    const byName = Map.groupBy(stored, ({ name }) => name)
    const strangers = [...byName.keys()].filter((name) => !this.#isKnown(name)).map((name) => `Nobody wrote ${name}.`)
    const faults = [...this.#entries].flatMap(([name, entry]) => compareEntry(name, entry, byName.get(name) ?? []))
    return [...strangers, ...faults, ...this.#compareFiles(stored)]
  }

  #isKnown(name: string): boolean {
    return this.#entries.has(name) || this.#files.has(fileOf(name)) || this.#first.has(name)
  }

  #compareFiles(stored: readonly StoredPassenger[]): string[] {
    const names = Map.groupBy(new Set(stored.map(({ name }) => name)), fileOf)
    const copies = Map.groupBy(stored, ({ name }) => fileOf(name))
    return [...this.#files].flatMap(([number, file]) => compareFile(number, file, names.get(number)?.length ?? 0, copies.get(number)?.length ?? 0))
  }
}

function fileOf(name: string): number {
  return Number(FILE_ROW.exec(name)?.[1])
}

function compareEntry(name: string, entry: Entry, stored: readonly StoredPassenger[]): string[] {
  const { uuid, versions } = entry
  const [first] = stored
  const version = first?.fare ?? 'absent'
  if (stored.length > 1) return [`${name} is stored ${stored.length} times.`]
  if (!versions.includes(version)) return [`${name} must be ${versions.join(' or ')}; it is ${version}.`]
  if (first && uuid !== undefined && uuid !== first.uuid) return [`${name} was created as ${uuid}; it is ${first.uuid}.`]
  entry.versions = [version]
  return []
}

function compareFile(number: number, file: ImportedFile, rows: number, copies: number): string[] {
  if (copies > rows) return [`${copies - rows} rows of file ${number} are stored twice.`]
  if (rows !== file.rows && (rows > 0 || file.isAcknowledged)) return [`Of the ${file.rows} rows of file ${number}, ${rows} are stored.`]
  file.isAcknowledged = rows === file.rows
  return []
}
