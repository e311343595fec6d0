/**
 * Goes on with what `work` comes to, or fails with, as soon as it is there: at once, or when its promise is settled. For a hot path, where a promise
 * for what is there already costs as much as using it.
 */
export function afterwards<Result, Next>(
  work: () => Result | Promise<Result>,
  onResult: (result: Result) => Next,
  onError: (error: unknown) => Next | Promise<Next>,
): Next | Promise<Next> {
  let result: Result | Promise<Result>
  try {
    result = work()
  } catch (error) {
    return onError(error)
  }
  return result instanceof Promise ? result.then(onResult, onError) : onResult(result)
}
