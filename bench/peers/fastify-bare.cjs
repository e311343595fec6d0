const fastify = require('fastify')

const app = fastify()
const schema = { response: { 200: { type: 'object', properties: { response: { type: 'string' } } } } }

app.get('/', { schema }, (_request, reply) => {
  reply.send({ response: 'Hi!' })
})

app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
