import { isDeepStrictEqual } from 'node:util'
import { BenchError } from '../bench-error.ts'
import type { ExpectedAnswer, ExpectedJson, Probe } from '../part.ts'

/** @returns whether the server is ready; a 503 says that it is not yet. @throws {BenchError} when the answer is not the expected one. */
export async function verifyAnswer(url: string, label: string, { request, expected }: Probe): Promise<boolean> {
  const { method = 'GET', headers = {}, body, path } = request
  const answer = await fetch(url + path, { method, headers: { ...headers, connection: 'close' }, body: body ?? null })
  const text = await answer.text()
  if (answer.status === 503) return false
  const contentType = answer.headers.get('content-type')?.split(';')[0]
  if (answer.status === expected.status && contentType === expected.contentType && isAsExpected(text, expected)) return true
  const wanted = `${expected.status}, ${expected.contentType}, ${cut('body' in expected ? expected.body : JSON.stringify(expected.json))}`
  throw new BenchError(`${label} answers ${method} ${path} with ${answer.status}, ${contentType}, ${cut(text)}; its part expects ${wanted}.`)
}

export function isAsExpected(text: string, expected: ExpectedAnswer): boolean {
  return 'body' in expected ? text === expected.body : isSameJson(text, expected)
}

function isSameJson(text: string, { json, made = [] }: ExpectedJson): boolean {
  const value = parse(text)
  if (made.length === 0) return isDeepStrictEqual(value, json)
  if (typeof value !== 'object' || value === null) return false
  const members = new Map(Object.entries(value))
  const hasMade = made.every((name) => typeof members.get(name) === 'string' && members.delete(name))
  return hasMade && isDeepStrictEqual(Object.fromEntries(members), json)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const cut = (text: string) => text.slice(0, 300)
