import { serve } from '@hono/node-server'
import { honoApp } from './hono-app.ts'

serve({ fetch: honoApp.fetch, port: Number(process.env.PORT), hostname: '127.0.0.1' })
