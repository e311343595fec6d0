import { createServer, type IncomingMessage } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { countSpans } from './count-spans.ts'

/** What came since it was last asked for; GET /counts answers with it and starts anew. */
export interface TraceCounts {
  /** Spans of any kind. */
  spans: number
  /** Spans of kind SERVER: one for each traced request. */
  serverSpans: number
}

/** What a visit brings is some tens of megabytes. Counted when it is asked for: until then the load generator needs the core. */
let exports: { body: Buffer; isCompressed: boolean }[] = []

/** An OTLP/HTTP collector (protobuf) that accepts all. */
createServer(async (request, response) => {
  if (request.method === 'POST' && request.url === '/v1/traces') {
    exports.push({ body: await readBody(request), isCompressed: request.headers['content-encoding'] === 'gzip' })
    // An empty ExportTraceServiceResponse: everything was accepted.
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end()
  } else if (request.url === '/counts') {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(count()))
  } else {
    response.writeHead(request.url === '/' ? 200 : 404).end()
  }
}).listen(Number(process.env.PORT), '127.0.0.1')

function count(): TraceCounts {
  const counts = { spans: 0, serverSpans: 0 }
  for (const { body, isCompressed } of exports) {
    const { spans, serverSpans } = countSpans(isCompressed ? gunzipSync(body) : body)
    counts.spans += spans
    counts.serverSpans += serverSpans
  }
  exports = []
  return counts
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
