import { type InputError, ServiceError } from '../definition/service-error.ts'
import { errorPath, inputErrors, MOST_LISTED } from './input-errors.ts'

/**
 * Parses a JSON body (RFC 8259). Of members that have the same name the last one counts, as everywhere in JavaScript.
 *
 * @throws {ServiceError} `malformed_body` for what is no JSON, too deep or no well-formed Unicode; `validation_failed` for what would do harm
 * further on.
 */
export function parseJson(text: string, maxDepth: number): unknown {
  // Each level takes two characters at least.
  if (text.length > 2 * maxDepth) checkDepth(text, maxDepth)
  const data = parse(text)
  if (SUSPECT.test(text)) checkContent(data)
  return data
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new ServiceError('malformed_body', 'The body must be JSON (RFC 8259).')
  }
}

const QUOTE = 0x22
const BACKSLASH = 0x5c

/** Before parsing, because a parser that recurses would run out of stack on what this refuses. */
function checkDepth(text: string, maxDepth: number): void {
  let depth = 0
  let isInString = false
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (isInString) {
      if (code === BACKSLASH) index++
      else if (code === QUOTE) isInString = false
    } else if (code === QUOTE) isInString = true
    else if (code === 0x7b || code === 0x5b) {
      if (++depth > maxDepth) throw new ServiceError('malformed_body', `The body may be nested at most ${maxDepth} levels deep.`)
    } else if (code === 0x7d || code === 0x5d) depth--
  }
}

/** Without an escape nothing is ill-formed or has a NUL, for the text came from UTF-8 and JSON allows no bare control characters. */
const SUSPECT = /\\u|__proto__/

interface Member {
  name: string
  value: unknown
  parent: Member | undefined
}

/**
 * Refuses what is JSON and does harm all the same: a lone surrogate, which no encoding can store; a NUL, which no database takes in a text;
 * and the name `__proto__`, which becomes an object's prototype where a program copies member by member, and which Zod drops without a word.
 */
function checkContent(data: unknown): void {
  const errors: InputError[] = []
  let count = 0
  const refuse = (member: Member, message: string) => {
    if (count++ < MOST_LISTED) errors.push({ path: pathOf(member), message })
  }
  const checkText = (text: string, member: Member) => {
    if (!text.isWellFormed()) throw new ServiceError('malformed_body', 'The body must be well-formed Unicode; it has half of a surrogate pair.')
    if (text.includes('\0')) refuse(member, 'A text must not have a NUL character')
  }
  // A list instead of recursion, which MAX_JSON_DEPTH may allow to go deeper than the stack.
  const members: Member[] = [{ name: 'body', value: data, parent: undefined }]
  for (let member = members.pop(); member; member = members.pop()) {
    const { name, value } = member
    checkText(name, member)
    if (name === '__proto__') refuse(member, 'No member may have this name')
    else if (typeof value === 'string') checkText(value, member)
    else if (typeof value === 'object' && value !== null)
      for (const key of Object.keys(value).reverse()) members.push({ name: key, value: (value as Record<string, unknown>)[key], parent: member })
  }
  if (count > 0) throw inputErrors('validation_failed', errors, count)
}

function pathOf(member: Member): string {
  const names: string[] = []
  for (let one: Member | undefined = member; one; one = one.parent) names.unshift(one.name)
  return errorPath(names).replaceAll('\0', '\\u0000')
}
