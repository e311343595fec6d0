import { DatabaseSync } from 'node:sqlite'
import type { SqliteFile, SqliteRow } from './sqlite.ts'

export function openSqlite(path: string): SqliteFile {
  const database = new DatabaseSync(path)
  return {
    execute: (sql) => database.exec(sql),
    prepare(sql) {
      const statement = database.prepare(sql)
      return {
        hasRows: statement.columns().length > 0,
        all: (parameters) => statement.all(...parameters) as SqliteRow[],
        run: (parameters) => Number(statement.run(...parameters).changes),
      }
    },
    close: () => database.close(),
  }
}
