import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import { test } from 'node:test'
import { CourantError } from '../../runtime/errors.ts'
import { MetricsRegistry, createLog, logOf } from '../../runtime/observability.ts'

function captured() {
  let text = ''
  const destination = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk)
      done()
    }
  })
  return { destination, text: () => text }
}

test('secrets and the row in a driver error never reach the log', () => {
  const { destination, text } = captured()
  const log = logOf(createLog('info', destination), 'p')
  const driver = Object.assign(new Error('duplicate key'), {
    code: '23505',
    detail: 'Key (email)=(canary@example.com)'
  })
  log.error(
    { err: new CourantError('TARGET_REFUSED', 'refused', { cause: driver }), password: 'canary-secret' },
    'failed'
  )
  assert.doesNotMatch(text(), /canary/)
  assert.match(text(), /TARGET_REFUSED[^]*23505/)
})

test('metrics carry the pipeline and the prefix', async () => {
  const metrics = new MetricsRegistry()
  metrics.of('clean-users').count('items_read_total', 3)
  metrics.of('clean-users').gauge('lag', 5, { topic: 't' })
  const text = await metrics.registry.metrics()
  assert.match(text, /courant_items_read_total\{pipeline="clean-users"\} 3/)
  assert.match(text, /courant_lag\{pipeline="clean-users",topic="t"\} 5/)
})
