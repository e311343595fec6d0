import { serve } from '@hono/node-server'
import type { Hono } from 'hono'

const port = Number(process.env.PORT)
const hostname = '127.0.0.1'

export function serveApp({ fetch }: Hono): void {
  if (process.versions.bun) Bun.serve({ fetch, port, hostname })
  else serve({ fetch, port, hostname })
}
