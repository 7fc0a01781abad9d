import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { CourantError } from '../../../runtime/errors.ts'
import { kafkaError, protocolType } from '../../../topics/kafka/errors.ts'
import { createErrorFromCode } from '../../../topics/kafka/admin/kafkajs-cluster.ts'

const require = createRequire(import.meta.url)
const errors = require('kafkajs/src/errors') as Record<string, new (cause: unknown, more?: object) => Error>
const raise = (name: string, cause: unknown, more?: object) => new errors[name]!(cause, more)

const codes: readonly [number, string][] = [
  [1, 'OFFSET_LOST'],
  [3, 'TOPIC_MISSING'],
  [6, 'TOPICS_UNAVAILABLE'],
  [7, 'TOPICS_UNAVAILABLE'],
  [10, 'RECORD_TOO_LARGE'],
  [16, 'TOPICS_UNAVAILABLE'],
  [22, 'TOPICS_UNAVAILABLE'],
  [25, 'TOPICS_UNAVAILABLE'],
  [29, 'TOPICS_REFUSED'],
  [32, 'CLOCK_AHEAD'],
  [36, 'TOPICS_REFUSED'],
  [40, 'TOPICS_REFUSED'],
  [45, 'TOPICS_UNAVAILABLE'],
  [58, 'TOPICS_REFUSED'],
  [68, 'TOPICS_REFUSED']
]

for (const [number, code] of codes)
  test(`Kafka's error ${number} is ${code}`, () => {
    const error = createErrorFromCode(number)
    const known = kafkaError(error, 'do it')
    assert.ok(known instanceof CourantError)
    assert.equal(known.code, code)
    assert.equal(known.cause, error)
    assert.equal(protocolType(error), error.type)
  })

test('the error inside those that kafkajs wraps it in decides', () => {
  const inner = createErrorFromCode(29)
  const wrapped = raise(
    'KafkaJSNumberOfRetriesExceeded',
    raise('KafkaJSNonRetriableError', inner, { cause: inner }),
    {}
  )
  assert.equal(protocolType(wrapped), 'TOPIC_AUTHORIZATION_FAILED')
  const aggregate = raise('KafkaJSAggregateError', 'several', [inner] as never)
  assert.equal((kafkaError(aggregate, 'do it') as CourantError).code, 'TOPICS_REFUSED')
})

test('connections that fail are transient, refused credentials and certificates are not', () => {
  const of = (error: Error) => (kafkaError(error, 'connect') as CourantError).code
  assert.equal(of(raise('KafkaJSConnectionError', 'refused', { code: 'ECONNREFUSED' })), 'TOPICS_UNAVAILABLE')
  assert.match(
    kafkaError(raise('KafkaJSConnectionError', 'connect ECONNREFUSED 127.0.0.1:1'), 'list groups').message,
    /127\.0\.0\.1:1\): see that it runs, and that COURANT_KAFKA_BROKERS is right$/
  )
  assert.equal(of(raise('KafkaJSRequestTimeoutError', 'late')), 'TOPICS_UNAVAILABLE')
  assert.equal(of(raise('KafkaJSSASLAuthenticationError', 'no')), 'TOPICS_REFUSED')
  assert.equal(
    of(raise('KafkaJSConnectionError', 'bad', { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })),
    'TOPICS_REFUSED'
  )
})

test('what neither Kafka nor kafkajs raised passes unchanged, so that a bug stays a bug', () => {
  const bug = new TypeError('undefined is not a function')
  assert.equal(kafkaError(bug, 'do it'), bug)
  const known = new CourantError('RECORD_INVALID', 'as it was')
  assert.equal(kafkaError(known, 'do it'), known)
})

test("a clock that runs ahead of Kafka's is named, and not the credentials", () => {
  const { message } = kafkaError(createErrorFromCode(32), 'write records')
  assert.match(message, /this machine's clock runs ahead/)
  assert.doesNotMatch(message, /credentials/)
})
