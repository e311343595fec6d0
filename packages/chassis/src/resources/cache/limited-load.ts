import type { CallScope } from '../../definition/call-scope.ts'
import { ServiceError } from '../../definition/service-error.ts'

export type Load<Value> = (scope: CallScope) => Promise<Value>

/**
 * What a load comes to within its own time, however long the requests that wait for it have.
 *
 * @throws {ServiceError} `resource_unavailable` when its time is up. @throws the reason of `closing`
 */
export async function limitedLoad<Value>(load: Load<Value>, milliseconds: number, closing: AbortSignal): Promise<Value> {
  closing.throwIfAborted()
  const end = new AbortController()
  const endsAt = performance.now() + milliseconds
  const timer = setTimeout(() => end.abort(tooLate(milliseconds)), milliseconds)
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

function tooLate(milliseconds: number): ServiceError {
  const cause = new Error(`A load of the cache took longer than its loadTimeout of ${milliseconds / 1000} s.`)
  return new ServiceError('resource_unavailable', 'What the answer is made of did not come in time.', { retryAfter: 1, cause })
}
