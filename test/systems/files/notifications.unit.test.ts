import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { CourantError } from '../../../runtime/errors.ts'
import { settingsFrom } from '../../../runtime/settings.ts'
import type { ArrivedFile } from '../../../schemas/types/files.ts'
import { arrivedIn, buildDoor } from '../../../systems/files/notifications.ts'

const silent = () => undefined
const log = { debug: silent, info: silent, warn: silent, error: silent }
const example = readFileSync(new URL('../../../systems/files/test_event.json', import.meta.url), 'utf8')

function door(env: Record<string, string> = {}, fail?: Error) {
  const written: ArrivedFile[] = []
  const app = buildDoor({
    settings: settingsFrom(env),
    log,
    metrics: { count: silent, gauge: silent },
    bucket: 'elexxion-bucket',
    writer: {
      async write({ value }) {
        if (fail) throw fail
        written.push(value)
      }
    }
  })
  const post = async (payload: string, authorization?: string) => {
    const headers = {
      'content-type': 'application/json',
      host: 'localhost',
      ...(authorization && { authorization })
    }
    return app.inject({ method: 'POST', url: '/', headers, payload })
  }
  return { written, post }
}

test('the notification that is shipped is taken, with the name that people gave the file', async () => {
  const { written, post } = door()
  const answer = await post(example)
  assert.deepEqual([answer.statusCode, answer.json()], [200, { accepted: 1 }])
  const [arrived] = written
  assert.equal(arrived?.key, 'input/emploi/taux de chômage.csv')
  assert.equal(arrived.told_by, 'notification')
})

test('with a token, only who has it is let in', async () => {
  const { written, post } = door({ COURANT_FILES_TOKEN: 'a-token' })
  assert.equal((await post(example)).statusCode, 401)
  assert.equal((await post(example, 'Bearer another')).statusCode, 401)
  assert.equal(written.length, 0)
  assert.equal((await post(example, 'Bearer a-token')).statusCode, 200)
  assert.throws(
    () => door({ COURANT_FILES_HOST: '0.0.0.0' }),
    (error) => error instanceof CourantError && error.code === 'CONFIG_INVALID'
  )
})

test('what is no notification is refused, and what is none of ours passed over', async () => {
  const { written, post } = door()
  for (const body of [
    '{',
    '[]',
    '{"Records":[null]}',
    '{"Records":[{"s3":{"object":{"key":"%E0%A4"}}}]}',
    'null',
    '7'
  ])
    assert.equal((await post(body)).statusCode, 400, body)
  const other = (bucket: string, key: string, eventName = 's3:ObjectCreated:Put') => ({
    Records: [{ eventName, s3: { bucket: { name: bucket }, object: { key } } }]
  })
  assert.deepEqual(arrivedIn(other('another', 'input/a.csv'), 'elexxion-bucket'), [])
  assert.deepEqual(arrivedIn(other('elexxion-bucket', 'raw/a.csv'), 'elexxion-bucket'), [])
  assert.deepEqual(arrivedIn(other('elexxion-bucket', 'input/_rejected/a.csv'), 'elexxion-bucket'), [])
  assert.deepEqual(
    arrivedIn(other('elexxion-bucket', 'input/a.csv', 's3:ObjectRemoved:Delete'), 'elexxion-bucket'),
    []
  )
  assert.equal(written.length, 0)
})

test('while nothing can be published, the store is asked to come again', async () => {
  const { post } = door({}, new CourantError('TOPICS_UNAVAILABLE', 'no broker'))
  const answer = await post(example)
  assert.equal(answer.statusCode, 503)
  assert.ok(answer.headers['retry-after'])
})

test('requests are counted, also those whose token is a guess', async () => {
  const { post } = door({ COURANT_FILES_TOKEN: 'a-token', COURANT_FILES_REQUESTS_PER_MINUTE: '3' })
  const statuses = []
  for (const guess of ['one', 'two', 'three', 'four'])
    statuses.push((await post(example, `Bearer ${guess}`)).statusCode)
  assert.deepEqual(statuses, [401, 401, 401, 429])
})
