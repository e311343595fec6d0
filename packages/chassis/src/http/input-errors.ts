import { type InputError, ServiceError } from '../definition/service-error.ts'

/** More help nobody, and each can be a hundred times as long as what is wrong. */
export const MOST_LISTED = 100
/** Characters of a path, and of each name in it: a client chooses them, and each fault under a long name would repeat it. */
const LONGEST_PATH = 200
const LONGEST_NAME = 80

/** Where a fault is, by the names that lead there: `body.metadata.enabled`. */
export function errorPath(names: readonly PropertyKey[]): string {
  return shortened(names.map((name) => shortened(String(name), LONGEST_NAME)).join('.'), LONGEST_PATH)
}

function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}…` : text
}

/**
 * Says everything that is wrong with the input at once, in the detail as a sentence each.
 *
 * @param count of all faults, where `all` has the first alone
 */
export function inputErrors(code: 'malformed_path' | 'validation_failed', all: readonly InputError[], count = all.length): ServiceError {
  const errors = all.slice(0, MOST_LISTED)
  const sentences = errors.map(({ path, message }) => `${path}: ${message}.`)
  const rest = count - errors.length
  return new ServiceError(code, [...sentences, ...(rest > 0 ? [`And ${rest} more.`] : [])].join(' '), { errors })
}

/** What no database takes in a text; JSON's parser looks for it itself. */
export function nulErrors(part: string, fields: Readonly<Record<string, unknown>>): InputError[] {
  const withNul = Object.entries(fields).filter(([name, value]) => [name, value].flat().some((text) => String(text).includes('\0')))
  return withNul.map(([name]) => ({ path: errorPath([part, name.replaceAll('\0', '%00')]), message: 'A text must not have a NUL character' }))
}
