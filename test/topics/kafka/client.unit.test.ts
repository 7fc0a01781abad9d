import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { checkSettings, settingsFrom } from '../../../runtime/settings.ts'
import { kafkaClient, kafkaSettings } from '../../../topics/kafka/client.ts'

const require = createRequire(import.meta.url)

test('kafkajs is the version whose inner modules we use', () => {
  const installed = JSON.parse(readFileSync(require.resolve('kafkajs/package.json'), 'utf8')) as {
    version: string
  }
  assert.equal(
    installed.version,
    '2.2.4',
    'read topics/kafka/admin/kafkajs-cluster.ts, run the contract, then change this'
  )
})

test('the defaults suit the local stack', () => {
  checkSettings(kafkaSettings, {})
  assert.doesNotThrow(() => kafkaClient(settingsFrom({})))
})

const bad: readonly [string, string][] = [
  ['COURANT_KAFKA_BROKERS', 'localhost'],
  ['COURANT_KAFKA_COMPRESSION', 'brotli'],
  ['COURANT_KAFKA_SESSION_MS', '10'],
  ['COURANT_KAFKA_SSL_ENABLED', 'yes']
]

for (const [env, value] of bad)
  test(`${env}=${value} is refused before anything connects`, () => {
    assert.throws(() => checkSettings(kafkaSettings, { [env]: value }), { code: 'CONFIG_INVALID' })
  })

test('a password is not sent in clear', () => {
  const env = {
    COURANT_KAFKA_SASL_MECHANISM: 'plain',
    COURANT_KAFKA_SASL_USERNAME: 'courant',
    COURANT_KAFKA_SASL_PASSWORD: 'not-a-real-one'
  }
  assert.throws(() => kafkaClient(settingsFrom(env)), { code: 'CONFIG_INVALID' })
  kafkaClient(settingsFrom({ ...env, COURANT_KAFKA_SSL_ENABLED: 'true' }))
  kafkaClient(settingsFrom({ ...env, COURANT_KAFKA_SASL_MECHANISM: 'scram-sha-512' }))
})

test('a login without a user or a password is refused', () => {
  const env = { COURANT_KAFKA_SASL_MECHANISM: 'scram-sha-512', COURANT_KAFKA_SASL_USERNAME: 'courant' }
  assert.throws(() => kafkaClient(settingsFrom(env)), { code: 'CONFIG_INVALID' })
})

for (const env of ['COURANT_KAFKA_SSL_CA', 'COURANT_KAFKA_SSL_CERT', 'COURANT_KAFKA_SSL_KEY'])
  test(`${env} is named when its file cannot be read`, () => {
    const settings = settingsFrom({ COURANT_KAFKA_SSL_ENABLED: 'true', [env]: '/nonexistent.pem' })
    const message = new RegExp(`^${env} cannot be read: /nonexistent\\.pem \\(ENOENT\\)`)
    assert.throws(() => kafkaClient(settings), { code: 'CONFIG_INVALID', message })
  })
