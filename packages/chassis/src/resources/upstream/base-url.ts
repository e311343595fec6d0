/** That web `fetch` refuses to call (https://fetch.spec.whatwg.org/#port-blocking): each call would fail, and only when it is made. */
const REFUSED_PORTS = new Set([
  0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123,
  135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995,
  1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
])

/** What is wrong with a URL that an upstream is to have; undefined where it is plain, for credentials and queries would end up in logs and traces. */
export function baseUrlFault(text: unknown): string | undefined {
  if (typeof text !== 'string' || !/^https?:/i.test(text)) return 'It must be http:// or https:// and a host'
  const url = URL.parse(text)
  if (!url) return 'It must have a host, and a port from 1 to 65535 or none'
  if (url.username || url.password || url.search || url.hash) return 'It must have no credentials, query or fragment'
  if (REFUSED_PORTS.has(portOf(url))) return `It must have another port: ${portOf(url)} is one of those that fetch never calls`
  return undefined
}

/** The host that a URL leads to, as resolvers and policies know it: an IPv6 address without its brackets. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1')
}

/** The port that a URL leads to. */
export function portOf({ port, protocol }: URL): number {
  return Number(port || (protocol === 'https:' ? 443 : 80))
}
