import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import protobuf from 'protobufjs'

export interface ReceivedSpan {
  traceId: string
  spanId: string
  parentSpanId: string
  name: string
  kind: string
  /** Milliseconds since 1970. */
  startedAt: number
  endedAt: number
  attributes: Record<string, string | number | boolean>
  events: { name: string; attributes: Record<string, string | number | boolean> }[]
  status: string
  resource: Record<string, string | number | boolean>
}

export interface Collector {
  readonly url: string
  readonly spans: readonly ReceivedSpan[]
  readonly headers: readonly IncomingMessage['headers'][]
  /** How the next requests are answered, one status each; then 200. */
  readonly statuses: number[]
  close(): Promise<void>
}

const root = protobuf.parse(readFileSync(new URL('trace-service.proto', import.meta.url), 'utf8'), { keepCase: true }).root
const Request = root.lookupType('otlp.ExportTraceServiceRequest')

/** A real receiver of OTLP over HTTP, which decodes what arrives. */
export async function startCollector(port = 0): Promise<Collector> {
  const spans: ReceivedSpan[] = []
  const headers: IncomingMessage['headers'][] = []
  const statuses: number[] = []
  const server: Server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const status = request.method === 'POST' && request.url === '/v1/traces' ? (statuses.shift() ?? 200) : 404
    if (status === 200) {
      headers.push(request.headers)
      spans.push(...decode(Buffer.concat(chunks)))
    }
    response.writeHead(status, { 'content-type': 'application/x-protobuf' }).end()
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    headers,
    statuses,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

type Pairs = { key: string; value: Record<string, string | number | boolean> }[]
interface RawSpan {
  trace_id: string
  span_id: string
  parent_span_id?: string
  name: string
  kind: string
  start_time_unix_nano: string
  end_time_unix_nano: string
  attributes?: Pairs
  events?: { name: string; attributes?: Pairs }[]
  status?: { code: string }
}

function decode(bytes: Buffer): ReceivedSpan[] {
  const message = Request.toObject(Request.decode(bytes), { longs: String, enums: String, bytes: String }) as {
    resource_spans?: { resource?: { attributes?: Pairs }; scope_spans?: { spans?: RawSpan[] }[] }[]
  }
  return (message.resource_spans ?? []).flatMap(({ resource, scope_spans = [] }) =>
    scope_spans.flatMap(({ spans = [] }) => spans.map((span) => toReceived(span, toRecord(resource?.attributes)))),
  )
}

function toReceived(span: RawSpan, resource: ReceivedSpan['resource']): ReceivedSpan {
  return {
    traceId: toHex(span.trace_id),
    spanId: toHex(span.span_id),
    parentSpanId: toHex(span.parent_span_id ?? ''),
    name: span.name,
    kind: span.kind,
    startedAt: Number(span.start_time_unix_nano) / 1e6,
    endedAt: Number(span.end_time_unix_nano) / 1e6,
    attributes: toRecord(span.attributes),
    events: (span.events ?? []).map(({ name, attributes }) => ({ name, attributes: toRecord(attributes) })),
    status: span.status?.code ?? 'UNSET',
    resource,
  }
}

function toHex(base64: string): string {
  return Buffer.from(base64, 'base64').toString('hex')
}

/** OTLP's integers have 64 bits and arrive as text. */
function toRecord(pairs: Pairs = []): ReceivedSpan['attributes'] {
  return Object.fromEntries(
    pairs.map(({ key, value }) => [
      key,
      'int_value' in value ? Number(value.int_value) : ((Object.values(value)[0] as string | number | boolean | undefined) ?? ''),
    ]),
  )
}
