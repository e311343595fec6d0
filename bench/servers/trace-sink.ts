import { createServer, type IncomingMessage } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { countSpans } from './count-spans.ts'

/** What came of a visit; GET /<visit>/counts answers with it, and forgets it. */
export interface TraceCounts {
  /** Spans of any kind. */
  spans: number
  /** Spans of kind SERVER: one for each traced request. */
  serverSpans: number
}

interface Export {
  body: Buffer
  isCompressed: boolean
}

/** By visit, some tens of megabytes each. Counted when they are asked for: until then the load generator needs the core. */
const exports = new Map<string, Export[]>()

/** An OTLP/HTTP collector (protobuf) that accepts all. */
createServer(async (request, response) => {
  const [, visit = '', ...rest] = (request.url ?? '').split('/')
  const action = rest.join('/')
  if (request.method === 'POST' && action === 'v1/traces') {
    const one = { body: await readBody(request), isCompressed: request.headers['content-encoding'] === 'gzip' }
    const ofVisit = exports.get(visit)
    if (ofVisit) ofVisit.push(one)
    else exports.set(visit, [one])
    // An empty ExportTraceServiceResponse: everything was accepted.
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end()
  } else if (action === 'counts') {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(count(exports.get(visit) ?? [])))
    exports.delete(visit)
  } else {
    response.writeHead(request.url === '/' ? 200 : 404).end()
  }
}).listen(Number(process.env.PORT), '127.0.0.1')

function count(exports: readonly Export[]): TraceCounts {
  const counts = { spans: 0, serverSpans: 0 }
  for (const { body, isCompressed } of exports) {
    const { spans, serverSpans } = countSpans(isCompressed ? gunzipSync(body) : body)
    counts.spans += spans
    counts.serverSpans += serverSpans
  }
  return counts
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
