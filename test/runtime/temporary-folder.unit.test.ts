import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CourantError } from '../../runtime/errors.ts'
import { temporaryError } from '../../runtime/temporary-folder.ts'

test('a full folder of temporary files is said with what to do, whoever wrote there', () => {
  const ofNode = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
  const ofDuckDb = new Error('IO Error: Could not write file "/tmp/x.parquet": No space left on device')
  for (const cause of [ofNode, ofDuckDb]) {
    const error = temporaryError(cause) as CourantError
    assert.deepEqual([error.code, error.cause], ['TARGET_FULL', cause])
    assert.match(error.message, /make room, or set TMPDIR/)
  }
})

test('any other error stays what it is', () => {
  const other = new Error('Binder Error: no such column')
  assert.equal(temporaryError(other), other)
})
