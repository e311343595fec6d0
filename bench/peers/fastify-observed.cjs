const fastify = require('fastify')
const pino = require('pino')
const { collectDefaultMetrics, Histogram, register } = require('prom-client')

// In blocks, as Slipway's log: pino's default makes a system call for each line.
const destination = pino.destination({ dest: 1, sync: true, minLength: 8192, periodicFlush: 100 })
const durations = new Histogram({
  name: 'http_request_duration_seconds',
  help: 'Duration of HTTP requests, by method, route and status.',
  labelNames: ['method', 'route', 'status'],
  buckets: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
})
collectDefaultMetrics()

// Fastify's own logging writes two lines for a request; here it is one.
const app = fastify({ loggerInstance: pino({ timestamp: pino.stdTimeFunctions.isoTime }, destination), disableRequestLogging: true })

app.addHook('onResponse', (request, reply, done) => {
  const { method, url } = request
  const { statusCode, elapsedTime } = reply
  durations.observe({ method, route: request.routeOptions.url, status: statusCode }, elapsedTime / 1000)
  request.log.info({ method, url, statusCode, duration: elapsedTime }, 'request completed')
  done()
})

const schema = { response: { 200: { type: 'object', properties: { response: { type: 'string' } } } } }
app.get('/', { schema }, (_request, reply) => {
  reply.send({ response: 'Hi!' })
})

app.get('/metrics', async (_request, reply) => {
  reply.type(register.contentType)
  return register.metrics()
})

app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })

// The OpenTelemetry SDK sends what is left at the same signal, and the process ends when nothing keeps it.
process.once('SIGTERM', async () => {
  await app.close()
  destination.end()
})
