import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, describe, it, type TestContext } from 'node:test'
import type { CourantError } from '../../../runtime/errors.ts'
import { settingsFrom } from '../../../runtime/settings.ts'
import type { RecordSchema } from '../../../schemas/envelope.ts'
import { confluentRegistry } from '../../../topics/registry/registry.ts'
import { sharedStack } from '../../support/stack.ts'
import { unique } from '../../support/unique.ts'

const codeOf = (code: string) => (error: CourantError) => error.code === code

const schema = (...fields: RecordSchema['fields'][number][]): RecordSchema => ({
  type: 'record',
  name: 'R',
  namespace: 'test',
  doc: '',
  fields
})
const x = { name: 'x', type: 'string', pii: 'name' }
const y = { name: 'y', type: ['null', 'int'], default: null }

describe('the registry client', () => {
  const env = sharedStack('registry')
  const registry = confluentRegistry(settingsFrom(env))
  const subjects: string[] = []
  const newSubject = () => {
    const subject = unique('registry-test')
    subjects.push(subject)
    return subject
  }
  after(async () => {
    for (const subject of subjects)
      await fetch(`${env['COURANT_REGISTRY_URL']}/subjects/${subject}`, { method: 'DELETE' })
  })

  it('registers a schema once, finds it again by its text, and gives its type by id', async () => {
    const subject = newSubject()
    await assert.rejects(registry.idOf(subject, schema(x)), codeOf('SCHEMA_MISSING'))
    const id = await registry.register(subject, schema(x))
    assert.equal(await registry.register(subject, schema(x)), id)
    assert.equal(await registry.idOf(subject, schema(x)), id)
    assert.equal((await registry.typeOf(id, subject)).name, 'test.R')
    await assert.rejects(registry.idOf(subject, schema(x, y)), codeOf('SCHEMA_MISSING'))
    assert.equal((await registry.versionsOf(subject)).length, 1)
  })

  it('holds each subject to BACKWARD_TRANSITIVE by itself, whatever the registry does for others', async () => {
    const subject = newSubject()
    await registry.register(subject, schema(x))
    const config = await fetch(`${env['COURANT_REGISTRY_URL']}/config/${subject}`)
    assert.deepEqual(await config.json(), { compatibilityLevel: 'BACKWARD_TRANSITIVE' })
    await registry.register(subject, schema(x, y))
    await assert.rejects(
      registry.register(subject, schema({ name: 'x', type: 'int' })),
      codeOf('SCHEMA_INCOMPATIBLE')
    )
    assert.equal((await registry.versionsOf(subject)).length, 2)
  })

  it('says that an id is unknown, where it has the subject', async () => {
    const subject = newSubject()
    await registry.register(subject, schema(x))
    await assert.rejects(registry.typeOf(2_000_000_000, subject), codeOf('SCHEMA_UNKNOWN'))
  })

  it('does not give the schema of another subject, whoever registered it', async () => {
    const [own, foreign] = [newSubject(), newSubject()]
    await registry.register(own, schema(x))
    const bomb = schema({ name: 'bomb', type: { type: 'array', items: 'null' } })
    const id = await registry.register(foreign, bomb)
    assert.equal((await registry.typeOf(id, foreign)).name, 'test.R')
    for (const attempt of ['asked', 'remembered'])
      await assert.rejects(registry.typeOf(id, own), codeOf('SCHEMA_UNKNOWN'), attempt)
    // A schema that both subjects have is one of either.
    await registry.register(own, schema(x, y))
    const third = newSubject()
    const shared = await registry.register(third, schema(x, y))
    for (const subject of [own, third]) assert.equal((await registry.typeOf(shared, subject)).name, 'test.R')
  })

  it('is not believed when it knows nothing of what is asked for, nor where it is not', async () => {
    // As after its store was lost, or at the registry of another installation.
    await assert.rejects(registry.typeOf(2_000_000_001, newSubject()), codeOf('REGISTRY_MISMATCH'))
    const subject = newSubject()
    const id = await registry.register(subject, schema(x))
    const base = env['COURANT_REGISTRY_URL'] ?? ''
    for (const url of [`${base}/subjects`, base.replace('/v7', '/nowhere'), new URL('/', base).href]) {
      const elsewhere = confluentRegistry(settingsFrom({ COURANT_REGISTRY_URL: url }))
      await assert.rejects(elsewhere.typeOf(id, subject), codeOf('REGISTRY_MISMATCH'), url)
      await assert.rejects(elsewhere.idOf(subject, schema(x)), codeOf('REGISTRY_MISMATCH'), url)
    }
  })
})

describe('a registry that misbehaves', () => {
  it('is not hammered for an id it does not know', async (t) => {
    const { registry, asked } = await fakeRegistry(t, { error_code: 40403, message: 'no' }, 404)
    for (let n = 0; n < 5; n++) await assert.rejects(registry.typeOf(7, 's'), codeOf('SCHEMA_UNKNOWN'))
    assert.equal(asked(), 3, 'the id twice, since the client keeps no codes, and the subject')
  })

  it('that answers 404 to everything has no record set aside', async (t) => {
    const { registry } = await fakeRegistry(t, 404)
    await assert.rejects(registry.typeOf(7, 's'), (error: CourantError) => {
      assert.deepEqual([error.code, error.verdict], ['REGISTRY_MISMATCH', 'fatal'])
      assert.match(error.message, /COURANT_REGISTRY_URL/)
      return true
    })
  })

  it('that gives a schema we cannot read has the record set aside, not tried for ever', async (t) => {
    const answers = [
      { schema: '{"type":"object"}', schemaType: 'JSON' },
      { schema: '{"type":"nonsense"}' },
      { schema: 'syntax = "proto3"; message M {}', schemaType: 'PROTOBUF' }
    ]
    for (const answer of answers) {
      const { registry } = await fakeRegistry(t, answer)
      await assert.rejects(registry.typeOf(7, 's'), codeOf('SCHEMA_UNKNOWN'), JSON.stringify(answer))
    }
  })

  it('is tried again later when it fails, and is not taken for one that knows nothing', async (t) => {
    const { registry } = await fakeRegistry(t, 500)
    await assert.rejects(registry.typeOf(7, 's'), codeOf('REGISTRY_UNAVAILABLE'))
    await assert.rejects(registry.idOf('s', schema(x)), codeOf('REGISTRY_UNAVAILABLE'))
  })

  it('is not waited for longer than a few seconds', async (t) => {
    const { registry } = await fakeRegistry(t, 'silent')
    await assert.rejects(registry.idOf('s', schema(x)), codeOf('REGISTRY_UNAVAILABLE'))
  })

  it('that refuses our credentials stops us with what to check', async (t) => {
    const { registry } = await fakeRegistry(t, 401)
    await assert.rejects(registry.typeOf(7, 's'), (error: CourantError) => {
      assert.equal(error.code, 'TOPICS_REFUSED')
      assert.match(error.message, /COURANT_REGISTRY_USERNAME/)
      return true
    })
  })
})

/**
 * A registry that answers every question with one status, or never; or, with a body, has one subject `s`, and answers
 * what is asked of a schema with that.
 */
async function fakeRegistry(t: TestContext, answer: number | 'silent' | object, status = 200) {
  let count = 0
  const server: Server = createServer(({ url }, response) => {
    count++
    if (answer === 'silent') return
    const say = (code: number, body: object) =>
      response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    if (typeof answer === 'number') say(answer, { message: 'no' })
    else if (url === '/subjects/s/versions') say(200, [1])
    else say(status, answer)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const registry = confluentRegistry(settingsFrom({ COURANT_REGISTRY_URL: `http://127.0.0.1:${port}` }))
  return { registry, asked: () => count }
}
