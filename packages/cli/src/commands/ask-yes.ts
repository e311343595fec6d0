import { createInterface } from 'node:readline'

/** Asks a person on a terminal; whoever ends the question by Ctrl-C or Ctrl-D has not said yes. */
export function askYes(question: string, { input, output }: { input: NodeJS.ReadableStream; output: NodeJS.WritableStream }): Promise<boolean> {
  const terminal = createInterface({ input, output, terminal: true })
  const { promise, resolve } = Promise.withResolvers<boolean>()
  terminal.once('SIGINT', () => terminal.close())
  terminal.once('close', () => resolve(false))
  terminal.question(question, (answer) => {
    resolve(/^y(es)?$/i.test(answer.trim()))
    terminal.close()
  })
  return promise
}
