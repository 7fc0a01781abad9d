import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CourantError } from '../../runtime/errors.ts'
import { retryWithin } from '../../runtime/retry.ts'

test('when the time is over, the last error says what it was spent on', async () => {
  let tries = 0
  const attempt = async () => {
    throw new CourantError('SOURCE_UNAVAILABLE', `refused ${++tries}`)
  }
  await assert.rejects(retryWithin(attempt, { withinMs: 30, firstWaitMs: 10, maxWaitMs: 10_000 }), {
    message: /^refused \d+$/
  })
})

test('a stop before the time is over rejects with the last error, too', async () => {
  const stop = new AbortController()
  const error = new CourantError('SOURCE_UNAVAILABLE', 'refused')
  const attempt = () => Promise.reject(error)
  const onRetry = () => stop.abort()
  await assert.rejects(retryWithin(attempt, { withinMs: 60_000, signal: stop.signal, onRetry }), error)
})
