import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nearest } from '../../cli/nearest.ts'
import { pipelines, pipelinesNamed } from '../../cli/pipelines.ts'

test('a name that is nearly one is taken for it, and one that is none for none', () => {
  const names = pipelines.map(({ name }) => name)
  assert.deepEqual(nearest('clean-user', names), ['clean-users'])
  assert.deepEqual(nearest('Silver.Users', names), ['silver.users'])
  assert.deepEqual(nearest('nonsense', names), [])
})

test('a pipeline of a system that is off is suggested as well', () => {
  const message = /No pipeline is named clean-user \(did you mean clean-users\?\).*activity is off/
  assert.throws(() => pipelinesNamed(['clean-user'], { COURANT_SYSTEMS: 'applications' }), { message })
})
