import { type Answer, plainAnswer, type StandIn, type StandInCall, startStandIn as start } from '@slipway/chassis/testing'

const SHOUT_PATH = '/V1/SHOUT'

/** A server that speaks as shoutcloud does, and fails as it is told. @throws the error of `listen`, when the port can't be had. */
export function startStandIn(options: { port?: number } = {}): Promise<StandIn> {
  return start({ ...options, about: `Stands in for shoutcloud at ${SHOUT_PATH}.`, answer })
}

function answer({ method, path, headers, body }: StandInCall): Answer {
  if (path !== SHOUT_PATH) return plainAnswer(404, 'Not Found')
  if (method !== 'POST') return plainAnswer(405, 'Method Not Allowed', { allow: 'POST' })
  if (body === undefined) return plainAnswer(413, 'The body must have at most 1 MiB.')
  if (headers['content-type'] !== 'application/json') return plainAnswer(400, 'Content-Type must be application/json.')
  return shout(inputOf(body))
}

function shout(input: string | undefined): Answer {
  if (input === undefined) return plainAnswer(400, 'The body must be JSON with a text as INPUT.')
  return { status: 200, headers: { 'content-type': 'APPLICATION/JSON' }, body: JSON.stringify({ INPUT: input, OUTPUT: input.toUpperCase() }) }
}

function inputOf(body: string): string | undefined {
  try {
    const { INPUT } = JSON.parse(body)
    return typeof INPUT === 'string' ? INPUT : undefined
  } catch {
    return undefined
  }
}
