/** Makes a function that works at its first call, and gives the same result at every later one. */
export function once<Arguments extends unknown[], Result>(work: (...args: Arguments) => Result): (...args: Arguments) => Result {
  let result: { value: Result } | undefined
  return (...args) => {
    result ??= { value: work(...args) }
    return result.value
  }
}
