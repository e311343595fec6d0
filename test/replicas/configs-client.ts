import assert from 'node:assert/strict'

export interface Metadata {
  owner: string
  turn: number
  monitoring: { enabled: boolean }
  limits?: { cpu: { enabled: boolean; value: string } }
}

export interface Config {
  dcname: string
  metadata: Metadata
}

export interface Call {
  method?: string
  headers?: Record<string, string>
  body?: unknown
  /** The status that the last acknowledged write leads to. */
  status: number
}

export interface Reply {
  body: unknown
  etag: string
  /** Where the next page is, if there is one. */
  next: string | undefined
}

/** Sends each request to the replica after the one before, and knows what it has written. */
export class ConfigsClient {
  readonly name: string
  readonly #urls: readonly string[]
  #next: number
  /** What it has written, in the order of insertion. */
  readonly configs = new Map<string, Metadata>()
  readonly etags = new Map<string, string>()
  /** Of all answers. */
  readonly statuses: number[] = []

  constructor(name: string, urls: readonly string[], first: number) {
    this.name = name
    this.#urls = urls
    this.#next = first
  }

  async call(path: string, { method = 'GET', headers, body, status }: Call): Promise<Reply> {
    const url = this.#urls[this.#next++ % this.#urls.length] as string
    const response = await fetch(url + path, {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    this.statuses.push(response.status)
    assert.equal(response.status, status, `${method} ${path} on ${url}, request ${this.statuses.length} of ${this.name}: ${text}`)
    const next = /^<([^>]+)>; rel="next"$/.exec(response.headers.get('link') ?? '')?.[1]
    return { body: text === '' ? undefined : JSON.parse(text), etag: response.headers.get('etag') ?? '', next }
  }

  store(dcname: string, metadata: Metadata, etag: string): void {
    this.configs.set(dcname, metadata)
    this.etags.set(dcname, etag)
  }

  remove(dcname: string): void {
    this.configs.delete(dcname)
    this.etags.delete(dcname)
  }
}
