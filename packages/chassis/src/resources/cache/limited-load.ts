import type { CallScope } from '../../definition/call-scope.ts'
import { ServiceError } from '../../definition/service-error.ts'

export type Load<Value> = (scope: CallScope) => Promise<Value>

/**
 * What a load comes to until `endsAt`, on the clock of `performance.now`, however long the requests that wait for it have.
 *
 * @throws {ServiceError} `resource_unavailable` when its time is up. @throws the reason of `closing`
 */
export async function limitedLoad<Value>(load: Load<Value>, endsAt: number, closing: AbortSignal): Promise<Value> {
  closing.throwIfAborted()
  const milliseconds = endsAt - performance.now()
  if (milliseconds <= 0) throw tooLate()
  const end = new AbortController()
  const timer = setTimeout(() => end.abort(tooLate()), milliseconds)
  const stop = () => end.abort(closing.reason)
  closing.addEventListener('abort', stop, { once: true })
  const scope: CallScope = {
    signal: end.signal,
    get remainingTime() {
      return Math.max(0, endsAt - performance.now())
    },
  }
  const ended = new Promise<never>((_, reject) => end.signal.addEventListener('abort', () => reject(end.signal.reason), { once: true }))
  try {
    return await Promise.race([load(scope), ended])
  } finally {
    clearTimeout(timer)
    closing.removeEventListener('abort', stop)
  }
}

function tooLate(): ServiceError {
  const cause = new Error('A value was not there within CACHE_LOAD_TIMEOUT, the wait for its load in another replica included.')
  return new ServiceError('resource_unavailable', 'What the answer is made of did not come in time.', { retryAfter: 1, cause })
}
