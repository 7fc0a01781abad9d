import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { createLog } from '../../../runtime/observability.ts'
import { redacted } from '../../../runtime/process/redact.ts'
import { visible, visibleLine } from '../../../runtime/process/visible-text.ts'

const canary = 'Canary4711'
/** Signs that may stand in a password of an address as somebody types it, around what must not be seen. */
const password = fc
  .tuple(
    fc.stringMatching(/^[\w!$&()*+,.:;=@/|~%-]{0,8}$/),
    fc.stringMatching(/^[\w!$&()*+,.:;=@/|~%-]{0,8}$/)
  )
  .map(([before, after]) => `${before}${canary}${after}`)
const key = fc.stringMatching(/^[A-Za-z0-9+/%=]{0,12}$/).map((text) => `${text}${canary}`)
const host = fc.constantFrom('db.example.com', 'db.example.com:5432', '127.0.0.1', '[::1]:9092')

/** Every way in which a secret comes within a text. */
const carrying = fc.oneof(
  fc
    .tuple(fc.constantFrom('http', 'https', 'postgres', 'postgresql', 'amqp+ssl'), password, host)
    .map(([scheme, secret, at]) => `${scheme}://user:${secret}@${at}/path`),
  fc.tuple(key, host).map(([secret, at]) => `https://${encodeURIComponent(secret)}@${at}/`),
  fc
    .tuple(fc.constantFrom('code', 'sig', 'token', 'x'), key, host)
    .map(([name, secret, at]) => `https://${at}/api/f?a=b&${name}=${secret}&c=d`),
  key.map((secret) => `DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${secret};EndpointSuffix=x`),
  key.map((secret) => `Driver={X};Host=h;UID=u;PWD=${secret};`),
  key.map((secret) => `DSN=erp;PWD={${secret} with ; and more};Database=x`),
  key.map((secret) => `host=h password='${secret} x' user=u`),
  key.map((secret) => `authorization: Bearer ${secret}`),
  key.map((secret) => `Authorization: Basic ${Buffer.from(`u:${secret}${secret}`).toString('base64')}`)
)
const around = fc.string({ maxLength: 20 })

/** What a logger at info writes, as text. */
function logged(write: (log: ReturnType<typeof createLog>) => void): string {
  let text = ''
  const sink = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk)
      done()
    }
  })
  write(createLog('info', sink))
  return text
}

describe('secrets in texts of others', () => {
  it('are never in what is said', () => {
    fc.assert(
      fc.property(around, carrying, around, (before, secret, after) => {
        const said = redacted(`${before} ${secret} ${after}`)
        assert.doesNotMatch(said, new RegExp(canary), said)
        assert.ok(!said.includes(Buffer.from(`u:${canary}`).toString('base64').slice(0, 8)))
      }),
      { numRuns: 500 }
    )
  })

  it('are in no line of the log, wherever they come in', () => {
    fc.assert(
      fc.property(carrying, (secret) => {
        const cause = new TypeError(`Request cannot be constructed from ${secret}`)
        const text = logged((log) => {
          log
            .child({ url: secret })
            .warn({ err: new Error(secret, { cause }), list: [secret] }, `at ${secret}`)
        })
        assert.doesNotMatch(text, new RegExp(canary))
        assert.equal(JSON.parse(text).level, 40)
      })
    )
  })

  it('are told from what is none: sentences and addresses stay as they are', () => {
    for (const text of [
      'COURANT_EDGE_OPEN=true lets everybody publish',
      'http://127.0.0.1:9464/metrics answers 200',
      'the password is wrong: correct COURANT_REGISTRY_PASSWORD',
      's3://bucket/silver/users/2026-11-22',
      'Basic authentication is needed'
    ])
      assert.equal(redacted(text), text)
  })
})

const obeyed =
  // oxlint-disable-next-line no-control-regex -- what must not be there
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/

describe('text that is shown', () => {
  it('has nothing in it that a terminal obeys, and reads as JSON what was JSON', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\u001b[31m', '\u009b2J', '\u202e', '\r', '\u0007', '\u007f', '\u2028', '\ufeff')
    )
    fc.assert(
      fc.property(fc.array(hostile), (parts) => {
        const text = parts.join('')
        assert.doesNotMatch(visible(text), obeyed)
        assert.doesNotMatch(visibleLine(text), /[\n\t]/)
        assert.deepEqual(JSON.parse(visible(JSON.stringify({ text }))), { text })
        assert.doesNotMatch(logged((log) => log.info({ text }, text)).trimEnd(), obeyed)
      })
    )
  })

  it('keeps letters of every script, and what joins emoji', () => {
    for (const text of ['Éléonore Ndong', '東京', '👩\u200d💻', 'می\u200cخواهم', 'a\tb\nc'])
      assert.equal(visible(text), text)
  })
})
