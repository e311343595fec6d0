const body = JSON.stringify({ response: 'Hi!' })
const headers = { 'content-type': 'application/json' }

Bun.serve({ port: Number(process.env.PORT), hostname: '127.0.0.1', fetch: () => new Response(body, { headers }) })
