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
    assert.equal((await registry.typeOf(id)).name, 'test.R')
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

  it('says that an id is unknown', async () => {
    await assert.rejects(registry.typeOf(2_000_000_000), codeOf('SCHEMA_UNKNOWN'))
  })
})

describe('a registry that misbehaves', () => {
  it('is not hammered for an id it does not know', async (t) => {
    const { registry, asked } = await fakeRegistry(t, 404)
    for (let n = 0; n < 5; n++) await assert.rejects(registry.typeOf(7), codeOf('SCHEMA_UNKNOWN'))
    assert.equal(asked(), 1)
  })

  it('that gives a schema we cannot read has the record set aside, not tried for ever', async (t) => {
    const answers = [
      { schema: '{"type":"object"}', schemaType: 'JSON' },
      { schema: '{"type":"nonsense"}' },
      { schema: 'syntax = "proto3"; message M {}', schemaType: 'PROTOBUF' }
    ]
    for (const answer of answers) {
      const { registry } = await fakeRegistry(t, answer)
      await assert.rejects(registry.typeOf(7), codeOf('SCHEMA_UNKNOWN'), JSON.stringify(answer))
    }
  })

  it('is tried again later when it fails, and is not taken for one that knows nothing', async (t) => {
    const { registry } = await fakeRegistry(t, 500)
    await assert.rejects(registry.typeOf(7), codeOf('REGISTRY_UNAVAILABLE'))
    await assert.rejects(registry.idOf('s', schema(x)), codeOf('REGISTRY_UNAVAILABLE'))
  })

  it('is not waited for longer than a few seconds', async (t) => {
    const { registry } = await fakeRegistry(t, 'silent')
    await assert.rejects(registry.idOf('s', schema(x)), codeOf('REGISTRY_UNAVAILABLE'))
  })

  it('that refuses our credentials stops us with what to check', async (t) => {
    const { registry } = await fakeRegistry(t, 401)
    await assert.rejects(registry.typeOf(7), (error: CourantError) => {
      assert.equal(error.code, 'TOPICS_REFUSED')
      assert.match(error.message, /COURANT_REGISTRY_USERNAME/)
      return true
    })
  })
})

/** A registry that answers every question with one status, with one body, or never. */
async function fakeRegistry(t: TestContext, answer: number | 'silent' | object) {
  let count = 0
  const server: Server = createServer((_request, response) => {
    count++
    if (answer === 'silent') return
    const [status, body] = typeof answer === 'number' ? [answer, { message: 'no' }] : [200, answer]
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
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
