import { copyFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { PassengerData } from './data.ts'
import { makeSchema } from './make-schema.ts'
import { COLUMNS, firstPassengers, valuesOf } from './rows.ts'

/** Each visit gets a copy of one file. */
export async function prepareSqlite(folder: string, rows: number): Promise<PassengerData> {
  const seed = join(folder, 'seed.db')
  const fileOf = (visit: string) => join(folder, `${visit}.db`)
  await makeSchema(`sqlite:${seed}`, folder)
  fill(seed, rows)
  return {
    async fresh(visit) {
      copyFileSync(seed, fileOf(visit))
      return `sqlite:${fileOf(visit)}`
    },
    async count(visit) {
      const file = new DatabaseSync(fileOf(visit))
      const row = file.prepare('SELECT count(*) AS count FROM passenger').get() as { count: number }
      file.close()
      return row.count
    },
    async drop(visit) {
      for (const suffix of ['', '-wal', '-shm']) rmSync(fileOf(visit) + suffix, { force: true })
    },
    async stop() {},
  }
}

function fill(path: string, rows: number): void {
  const file = new DatabaseSync(path)
  const insert = file.prepare(`INSERT INTO passenger (${COLUMNS}) VALUES (${COLUMNS.map(() => '?')})`)
  file.exec('BEGIN; DELETE FROM passenger')
  for (const { uuid, ...passenger } of firstPassengers(rows)) insert.run(...valuesOf(uuid, 'first', passenger))
  // The copy is made of the file alone, without its log.
  file.exec('COMMIT; VACUUM; PRAGMA wal_checkpoint(truncate)')
  file.close()
}
