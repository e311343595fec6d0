/** What can go wrong and is nobody's bug: its message says what to do, and is printed without a stack. */
export class BenchError extends Error {
  override readonly name = 'BenchError'
  readonly exitCode: number

  constructor(message: string, exitCode = 1) {
    super(message)
    this.exitCode = exitCode
  }
}

/** EX_USAGE of sysexits.h. */
const EXIT_USAGE = 64

/** For what the caller wrote wrong. */
export function usageError(message: string): BenchError {
  return new BenchError(message, EXIT_USAGE)
}
