import { Agent, type IncomingMessage, request } from 'node:http'

export interface Sent {
  headers?: Record<string, string>
  body?: string
}

export interface Received {
  location: string
  etag: string
}

export interface Exchange {
  /** @throws {Error} where the answer has another status */
  send(method: string, path: string, status: number, sent?: Sent): Promise<Received>
  close(): void
}

/** One connection that is kept. `fetch` costs twice the time, and the load comes from the machine that is measured. */
export function openExchange(port: number): Exchange {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  return {
    async send(method, path, status, { headers = {}, body = '' } = {}) {
      const answer = await new Promise<IncomingMessage>((resolve, reject) => {
        const length = body === '' ? {} : { 'content-length': Buffer.byteLength(body) }
        request({ host: '127.0.0.1', port, agent, method, path, headers: { ...headers, ...length } }, resolve)
          .on('error', reject)
          .end(body)
      })
      await readToEnd(answer)
      if (answer.statusCode !== status) throw new Error(`${method} ${path} was answered with ${answer.statusCode} instead of ${status}.`)
      return { location: answer.headers.location ?? '', etag: answer.headers.etag ?? '' }
    },
    close: () => agent.destroy(),
  }
}

function readToEnd(answer: IncomingMessage): Promise<void> {
  return new Promise((resolve, reject) => {
    answer.on('end', resolve).on('error', reject).resume()
  })
}
