import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seal, unseal } from '../../../processors/cv-jobs/seal.ts'
import { settingsFrom } from '../../../runtime/settings.ts'

const settings = settingsFrom({ COURANT_CV_SECRET_KEY: 'an invented key of more than 32 characters' })
const others = settingsFrom({ COURANT_CV_SECRET_KEY: 'another invented key of 32 characters' })
const target = { url: 'https://example.com/hook', secret: 'invented' }

test('a target is read with the key it was sealed with, and never the same twice', () => {
  const sealed = seal(target, settings)
  assert.deepEqual(unseal(sealed, settings), target)
  assert.notEqual(seal(target, settings), sealed)
  assert.doesNotMatch(Buffer.from(sealed, 'base64').toString('latin1'), /example|invented/)
})

test('sealed with another key, altered or cut, it is set aside with what to look at', () => {
  const sealed = seal(target, settings)
  const altered = Buffer.from(sealed, 'base64')
  altered.writeUInt8(altered.readUInt8(20) ^ 1, 20)
  for (const [text, read] of [
    [sealed, others],
    [altered.toString('base64'), settings],
    [sealed.slice(0, 12), settings],
    ['', settings]
  ] as const)
    assert.throws(() => unseal(text, read), { code: 'RECORD_INVALID', message: /COURANT_CV_SECRET_KEY/ })
})
