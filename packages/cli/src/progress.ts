import { createPaint } from './paint.ts'
import { refuseWhenEnded } from './program/pass-signals-on.ts'

/** Tells how a chain of steps gets on, on standard error, so that standard output holds the result alone. */
export interface Progress {
  /** Does one step. `say` tells what it is at, and `sum` what became of it. */
  step<Result>(title: string, work: (say: (detail: string) => void) => Promise<Result>, sum?: (result: Result) => string): Promise<Result>
}

const LONGEST_DETAIL = 100

/** On a terminal a step's line changes while it lasts; elsewhere it is written when it is over. */
export function createProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  const paint = createPaint(stream)
  return {
    async step(title, work, sum) {
      refuseWhenEnded()
      const startedAt = performance.now()
      const line = (mark: string, detail = '') => {
        const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
        return `${mark} ${title}${detail && `: ${detail}`} ${paint('dim', `${seconds} s`)}`
      }
      let said = ''
      const show = () => stream.write(`\r\x1b[K${line(paint('cyan', '…'), said)}`)
      const timer = stream.isTTY ? setInterval(show, 200) : undefined
      const end = (mark: string, detail?: string) => {
        clearInterval(timer)
        stream.write(`${stream.isTTY ? '\r\x1b[K' : ''}${line(mark, detail)}\n`)
      }
      try {
        const result = await work((text) => {
          said = text.replaceAll(/\s+/g, ' ').slice(0, LONGEST_DETAIL)
        })
        end(paint('green', '✓'), sum?.(result))
        return result
      } catch (error) {
        end(paint('red', '✗'))
        throw error
      }
    },
  }
}
