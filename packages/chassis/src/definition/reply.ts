export interface ReplyOptions {
  /** One of those that the route's `status` lists. @default the first of them */
  status?: number
  headers?: Readonly<Record<string, string>>
  /** The representation's strong entity tag, with its quotes, as `etagOf` makes it. GET and HEAD then honour `If-None-Match` (RFC 9110, section 13.1.2). */
  etag?: string
}

/** What a handler returns instead of plain data when status or header fields depend on the request. */
export class Reply<Data> {
  readonly data: Data
  readonly options: ReplyOptions

  constructor(data: Data, options: ReplyOptions) {
    this.data = data
    this.options = options
  }
}

/** @example return reply(config, { status: 201, headers: { location: `/configs/${config.dcname}` } }) */
export function reply<Data>(data: Data, options: ReplyOptions): Reply<Data> {
  return new Reply(data, options)
}
