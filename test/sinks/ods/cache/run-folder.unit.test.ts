import assert from 'node:assert/strict'
import { basename, dirname, resolve } from 'node:path'
import { it } from 'node:test'
import * as fc from 'fast-check'
import { CourantError } from '../../../../runtime/errors.ts'
import { runFolder } from '../../../../sinks/ods/cache/cached-run.ts'

const part = fc.oneof(
  fc.string(),
  fc.constantFrom('..', '.', '', '/', '\\', '\0', '../x', 'a/b', 'client', '~')
)
const name = fc.array(part, { maxLength: 4 }).map((parts) => parts.join(''))

it('the folder of a run lies in its table’s folder, which lies in the cache, or there is none', () => {
  fc.assert(
    fc.property(name, fc.oneof(fc.uuid(), name), (table, runId) => {
      try {
        const folder = runFolder('cache', table, runId)
        assert.equal(dirname(dirname(folder)), resolve('cache'))
        assert.equal(basename(folder), `${runId}.parquet`)
      } catch (error) {
        if (!(error instanceof CourantError)) throw error
        assert.equal(error.code, 'CONFIG_INVALID')
      }
    })
  )
})
