import Fastify from 'fastify'

/** The least that a webhook can do: it takes the body and answers. Prints where it listens. */
const app = Fastify({ logger: false })
app.post('/api/v1/webhooks/application-submitted', (_request, reply) =>
  reply.code(202).send({ status: 'accepted' })
)
process.stdout.write(`"url":"${await app.listen({ host: '127.0.0.1', port: 0 })}"\n`)
