import { Hono } from 'hono'

export const honoApp = new Hono()

honoApp.get('/', (c) => c.json({ response: 'Hi!' }))
