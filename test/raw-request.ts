import { connect, type Socket } from 'node:net'

/** Sends bytes as they are and resolves to all that comes back until the other side closes, or `milliseconds` have passed. */
export function rawRequest(port: number, bytes: string | Buffer, milliseconds = 30_000): Promise<string> {
  return new Promise((resolve) => {
    const socket: Socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    let received = ''
    const finish = () => {
      clearTimeout(timer)
      socket.destroy()
      resolve(received)
    }
    const timer = setTimeout(finish, milliseconds)
    socket.setEncoding('latin1')
    socket.on('data', (text) => {
      received += text
    })
    // A server that refuses a large body may close while it is still being sent; what it said before counts.
    socket.on('error', () => {})
    socket.on('close', finish)
  })
}

/** A GET on a connection of its own. */
export function rawGet(port: number, path: string): Promise<string> {
  return rawRequest(port, `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)
}

export function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0)
}
