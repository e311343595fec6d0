/**
 * How long an answer of Redis is waited for, by the time that Redis had. A busy process must not take a Redis for lost that is well: the client writes
 * in the turn of the event loop after the one in which it is asked, and an answer may be there for long before it is read.
 */
export class Patience {
  readonly #milliseconds: number
  readonly #onOver: () => void
  #begun: NodeJS.Immediate | undefined
  #timer: NodeJS.Timeout | undefined
  #isEnded = false

  constructor(milliseconds: number, onOver: () => void) {
    this.#milliseconds = milliseconds
    this.#onOver = onOver
  }

  /** To be called when the client was asked: it has written, then, when the time begins. */
  begin(): void {
    this.#begun = setImmediate(() => {
      this.#timer = setTimeout(() => this.#lookOnceMore(), this.#milliseconds)
    })
  }

  end(): void {
    this.#isEnded = true
    clearImmediate(this.#begun)
    clearTimeout(this.#timer)
  }

  /** Two turns, so that whatever the order in which a runtime looks at timers and sockets, it has read what is there. */
  #lookOnceMore(): void {
    setImmediate(() => setImmediate(() => this.#isEnded || this.#onOver()))
  }
}
