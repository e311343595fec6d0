import { type RawBuilder, sql } from 'kysely'
import type { DatabaseSystem } from './connection.ts'

/** Column types that mean the same on every database: text compares and sorts by code point, with case, everywhere. */
export interface ColumnTypes {
  /** A primary key that counts up. */
  serial: RawBuilder<unknown>
  /** Up to so many characters. */
  text(characters: number): RawBuilder<unknown>
  /** Up to 16 MiB. */
  longText: RawBuilder<unknown>
  /** 64 bits. */
  integer: RawBuilder<unknown>
  /** 64 bits, IEEE 754. */
  double: RawBuilder<unknown>
  /** 0 or 1. */
  flag: RawBuilder<unknown>
}

const raw = (text: string) => sql.raw(text)
const MYSQL_TEXT = 'character set utf8mb4 collate utf8mb4_bin'

export const columnTypes: Readonly<Record<DatabaseSystem, ColumnTypes>> = {
  sqlite: {
    serial: raw('integer primary key autoincrement'),
    text: (characters) => raw(`varchar(${characters})`),
    longText: raw('text'),
    integer: raw('integer'),
    double: raw('real'),
    flag: raw('integer'),
  },
  postgresql: {
    serial: raw('bigserial primary key'),
    text: (characters) => raw(`varchar(${characters}) collate "C"`),
    longText: raw('text collate "C"'),
    integer: raw('bigint'),
    double: raw('double precision'),
    flag: raw('smallint'),
  },
  mysql: {
    serial: raw('bigint auto_increment primary key'),
    text: (characters) => raw(`varchar(${characters}) ${MYSQL_TEXT}`),
    longText: raw(`mediumtext ${MYSQL_TEXT}`),
    integer: raw('bigint'),
    double: raw('double'),
    flag: raw('tinyint'),
  },
}
