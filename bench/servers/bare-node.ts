import { createServer } from 'node:http'

const body = JSON.stringify({ response: 'Hi!' })
const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }

createServer((_request, response) => {
  response.writeHead(200, headers)
  response.end(body)
}).listen(Number(process.env.PORT), '127.0.0.1')
