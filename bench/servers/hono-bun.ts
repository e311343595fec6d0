import { honoApp } from './hono-app.ts'

Bun.serve({ fetch: honoApp.fetch, port: Number(process.env.PORT), hostname: '127.0.0.1' })
