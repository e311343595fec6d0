import { type InputError, ServiceError } from '../definition/service-error.ts'

/** More help nobody, and each can be a hundred times as long as what is wrong. */
const MOST_LISTED = 100

/** Says everything that is wrong with the input at once, in the detail as a sentence each. */
export function inputErrors(code: 'malformed_path' | 'validation_failed', all: readonly InputError[]): ServiceError {
  const errors = all.slice(0, MOST_LISTED)
  const sentences = errors.map(({ path, message }) => `${path}: ${message}.`)
  const rest = all.length - errors.length
  return new ServiceError(code, [...sentences, ...(rest > 0 ? [`And ${rest} more.`] : [])].join(' '), { errors })
}

/** What no database takes in a text; JSON's parser looks for it itself. */
export function nulErrors(part: string, fields: Readonly<Record<string, unknown>>): InputError[] {
  const withNul = Object.entries(fields).filter(([name, value]) => [name, value].flat().some((text) => String(text).includes('\0')))
  return withNul.map(([name]) => ({ path: `${part}.${name.replaceAll('\0', '%00')}`, message: 'A text must not have a NUL character' }))
}
