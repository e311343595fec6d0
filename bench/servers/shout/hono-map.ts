import { Hono } from 'hono'
import { reverse } from '../../../services/shout/reverse.ts'
import { serveApp } from '../serve-app.ts'

const known = new Map([['tset', 'TSET']])

const app = new Hono()

app.post('/', async (c) => {
  const { data } = await c.req.json<{ data: string }>()
  const shouted = known.get(reverse(data))
  return shouted === undefined ? c.notFound() : c.json({ data: shouted })
})

serveApp(app)
