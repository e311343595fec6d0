/** Thrown when a command can't do what it was asked; the message is a sentence that names the remedy, and no stack is shown. */
export class CliError extends Error {
  override readonly name = 'CliError'
  readonly exitCode: number

  constructor(message: string, exitCode: number = EXIT_FAILURE) {
    super(message)
    this.exitCode = exitCode
  }
}

export const EXIT_FAILURE = 1
/** The command line itself is wrong. */
export const EXIT_USAGE = 2
// The next two are the chassis's as well, and a test compares them: to load the chassis for two numbers would triple the time that help takes.
/** EX_UNAVAILABLE of sysexits.h: a port is taken. */
export const EXIT_UNAVAILABLE = 69
/** EX_CONFIG of sysexits.h: the configuration of a service is wrong. */
export const EXIT_CONFIG = 78
