import type { FastifyInstance } from 'fastify'
import { readJson } from '../topics/json-text.ts'

/** A body that is not taken, with a sentence that may be given to whoever sent it. */
export class BodyRefused extends Error {
  override readonly name = 'BodyRefused'
  readonly statusCode: 400 | 415

  constructor(statusCode: 400 | 415, sentence: string) {
    super(sentence)
    this.statusCode = statusCode
  }
}

/** Takes JSON in UTF-8 and nothing else: Fastify's own parser puts U+FFFD in place of bytes that it cannot read. */
export function takeJsonOnly(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const charset = charsetOf(request.headers['content-type'] ?? '')
    if (charset !== null && charset !== 'utf-8' && charset !== 'utf8')
      return done(new BodyRefused(415, 'JSON is taken in UTF-8 only: send no other charset'))
    if (body.length === 0) return done(new BodyRefused(400, 'The body is empty'))
    const { value, problem } = readJson(body as Buffer)
    return problem === undefined ? done(null, value) : done(new BodyRefused(400, `The body is ${problem}`))
  })
}

const charsetOf = (contentType: string) =>
  /;\s*charset\s*=\s*"?([^\s;"]*)/i.exec(contentType)?.[1]?.toLowerCase() ?? null
