import type { NetworkNeed } from '../../definition/resource.ts'

const DEFAULT_PORT = 6379

/** The host and port of a URL of Redis. @throws {TypeError} a sentence that says what is wrong, and never holds the URL */
export function parseCacheUrl(text: string): NetworkNeed {
  if (!/^rediss?:\/\//.test(text) || !URL.canParse(text)) throw new TypeError('It must be redis://host:port/database, or rediss:// for TLS')
  const { hostname, port, pathname, username, password } = new URL(text)
  if (hostname === '') throw new TypeError('It must name a host')
  if (!/^\/?\d*$/.test(pathname)) throw new TypeError("It must end in the database's number, as /0")
  if (!isDecodable(username) || !isDecodable(password)) throw new TypeError('It has a % that is no escape; write %25 for the character itself')
  return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(port || DEFAULT_PORT) }
}

function isDecodable(text: string): boolean {
  try {
    return decodeURIComponent(text) !== undefined
  } catch {
    return false
  }
}
