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

let counts: TraceCounts = { spans: 0, serverSpans: 0 }

/** An OTLP/HTTP collector (protobuf) that accepts all and keeps nothing. */
createServer(async (request, response) => {
  if (request.method === 'POST' && request.url === '/v1/traces') {
    const { spans, serverSpans } = countSpans(await readBody(request))
    counts.spans += spans
    counts.serverSpans += serverSpans
    // An empty ExportTraceServiceResponse: everything was accepted.
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end()
  } else if (request.url === '/counts') {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(counts))
    counts = { spans: 0, serverSpans: 0 }
  } else {
    response.writeHead(request.url === '/' ? 200 : 404).end()
  }
}).listen(Number(process.env.PORT), '127.0.0.1')

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const body = Buffer.concat(chunks)
  return request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
}
