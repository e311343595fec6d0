import { connect } from 'node:net'

/**
 * Sends one command without a driver, as one would by telnet; resolves to all that Redis answers.
 * https://redis.io/docs/latest/develop/reference/protocol-spec/#inline-commands
 */
export async function askRedis(url: string, command: string): Promise<string> {
  const { hostname, port, username, password } = new URL(url)
  const login = password ? `AUTH ${username} ${decodeURIComponent(password)}\r\n` : ''
  const socket = connect(Number(port || 6379), hostname)
  socket.setTimeout(5000, () => socket.destroy(new Error('Redis did not answer within 5 s.')))
  socket.setEncoding('utf8').write(`${login}${command}\r\nQUIT\r\n`)
  let answer = ''
  for await (const text of socket) answer += text
  return answer
}
