export interface Request {
  method: string
  path: string
  headers?: Record<string, string>
  /** Text is sent as it is, anything else as JSON. */
  body?: unknown
}

export interface Answer {
  status: number
  body: unknown
}

/**
 * Resolves to nothing when no answer came, or the service said that it could not do it (503): nobody knows then whether it happened.
 *
 * @throws {Error} for every other answer that is not a success
 */
export async function send(url: string, { method, path, headers, body }: Request): Promise<Answer | undefined> {
  const isJson = body !== undefined && typeof body !== 'string'
  const answer = await exchange(url + path, {
    method,
    headers: { ...(isJson && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: isJson ? JSON.stringify(body) : (body as string) }),
  })
  if (!answer || answer.status === 503) return undefined
  if (answer.status >= 300) throw new Error(`${method} ${path} was answered with ${answer.status}: ${answer.text}`)
  return { status: answer.status, body: answer.text === '' ? undefined : JSON.parse(answer.text) }
}

async function exchange(url: string, request: RequestInit): Promise<{ status: number; text: string } | undefined> {
  try {
    const response = await fetch(url, request)
    return { status: response.status, text: await response.text() }
  } catch {
    return undefined
  }
}
