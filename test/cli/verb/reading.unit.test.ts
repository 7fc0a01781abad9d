import assert from 'node:assert/strict'
import { test } from 'node:test'
import { reading } from '../../../cli/verb/with-connection.ts'
import { CourantError } from '../../../runtime/errors.ts'

test('a verb that only reads tries again what may pass, and says at once what will not', async () => {
  let asked = 0
  const found = await reading(async () => {
    asked += 1
    if (asked < 3) throw new CourantError('TOPICS_UNAVAILABLE', 'a leader is being chosen')
    return 'three'
  })
  assert.deepEqual([found, asked], ['three', 3])
  const refused = reading(async () => {
    asked += 1
    throw new CourantError('SCHEMA_INCOMPATIBLE', 'no')
  })
  await assert.rejects(refused, /no/)
  assert.equal(asked, 4)
})
