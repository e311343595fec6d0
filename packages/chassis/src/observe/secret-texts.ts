import { parsePairs } from './parse-pairs.ts'

/** A shorter text would censor ordinary words, and is no secret. */
const SHORTEST = 4
/** Values that were replaced stay secret; so many are remembered. */
const MOST = 200

const CENSOR = '[redacted]'
/** Where a number or a list of them stood, a line stays JSON only with a number. */
const NUMBER_CENSOR = '0'

/** The texts that must not be in any line: what secrets hold now, and what they held before they changed. */
export class SecretTexts {
  readonly #texts = new Set<string>()
  /** As they stand in JSON, longest first, so that a part does not spoil the whole. */
  #inJson: readonly string[] = []

  /** Adds the text of a secret, and what a schema or `key=value` pairs make of it. */
  add(text: string, value: unknown): void {
    for (const part of [text, ...leavesOf(value), ...Object.values(parsePairs(text))]) {
      // A value that was put in last is what will be met, so it is the oldest that goes.
      this.#texts.delete(part)
      if (part.length >= SHORTEST) this.#texts.add(part)
    }
    while (this.#texts.size > MOST) this.#texts.delete(this.#texts.values().next().value as string)
    this.#inJson = [...this.#texts].map((part) => JSON.stringify(part).slice(1, -1)).sort((a, b) => b.length - a.length)
  }

  /** The line with each secret replaced, wherever it stands. */
  censor(line: string): string {
    let clean = line
    for (const secret of this.#inJson) clean = clean.replaceAll(secret, /^[-\d.,]+$/.test(secret) ? NUMBER_CENSOR : CENSOR)
    return clean
  }
}

function leavesOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value === 'number' || typeof value === 'bigint') return [String(value)]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leavesOf) : []
}
