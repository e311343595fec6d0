import { serve } from '@hono/node-server'
import { httpInstrumentationMiddleware } from '@hono/otel'
import { prometheus } from '@hono/prometheus'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { Hono } from 'hono'
import { pinoLogger } from 'hono-pino'
import pino from 'pino'

const port = Number(process.env.PORT)
const hostname = '127.0.0.1'
// In blocks, as Slipway's log: pino's default makes a system call for each line.
const destination = pino.destination({ dest: 1, sync: true, minLength: 8192, periodicFlush: 100 })
const tracing = new NodeSDK()
tracing.start()
const { printMetrics, registerMetrics } = prometheus({ collectDefaultMetrics: true })

const app = new Hono()
app.get('/metrics', printMetrics)
app.use(httpInstrumentationMiddleware())
app.use(registerMetrics)
app.use(pinoLogger({ pino: pino({ timestamp: pino.stdTimeFunctions.isoTime }, destination) }))
app.get('/', (c) => c.json({ response: 'Hi!' }))

if (process.versions.bun) Bun.serve({ fetch: app.fetch, port, hostname })
else serve({ fetch: app.fetch, port, hostname })

process.once('SIGTERM', async () => {
  await tracing.shutdown()
  destination.flushSync()
  process.exit(0)
})
