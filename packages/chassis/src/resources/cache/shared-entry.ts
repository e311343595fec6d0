/** An entry as it is in Redis: JSON whose head, by which scripts tell one from the next, is when it was stored. */
const HEAD = /^\{"storedAt":(\d+),/

/** The most bytes that stand around a value. */
const FRAME_BYTES = 64

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** How an entry of that time begins. */
export function headOf(storedAt: number): string {
  return `{"storedAt":${storedAt},`
}

/** Of what is none, the empty text. */
export function headIn(bytes: Buffer): string {
  return HEAD.exec(bytes.toString('latin1', 0, FRAME_BYTES))?.[0] ?? ''
}

/** @param text the value as JSON */
export function entryText(storedAt: number, text: string): string {
  return `${headOf(storedAt)}"value":${text}}`
}

/** The most bytes of an entry whose value has no more than `valueBytes`. */
export function mostEntryBytes(valueBytes: number): number {
  return valueBytes + FRAME_BYTES
}

/** Undefined where it is none. The time is that of the head: by another one, the script would take what is known for news, again and again. */
export function parseEntry(bytes: Buffer): { storedAt: number; value: unknown } | undefined {
  try {
    const { value } = JSON.parse(utf8.decode(bytes))
    return { storedAt: Number(HEAD.exec(headIn(bytes))?.[1]), value }
  } catch {
    return undefined
  }
}
