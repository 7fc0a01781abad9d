import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { CourantError } from '../../../runtime/errors.ts'
import { checkMarker } from '../../../schemas/erp/check-marker.ts'
import { columnsOf, isRunId, type RunMarker } from '../../../schemas/erp/run-envelope.ts'

const column = { sqlName: 'a', sourceName: 'a', type: 'text', width: 3, scale: null, element: null }
const marker: RunMarker = {
  kind: 'start',
  run_id: '01930000-0000-7000-8000-000000000000',
  mode: 'full',
  rows: 0,
  is_complete: false,
  columns: JSON.stringify([column]),
  key_columns: ['a'],
  keep_history: false,
  window_from: null,
  window_to: '2026-11-22 08:00:00',
  run_version: 1_790_000_000_000_000,
  shape: null
}

/** Whether it passes; anything but RECORD_INVALID is thrown. */
function passes(said: Partial<RunMarker>): boolean {
  try {
    checkMarker({ ...marker, ...said })
    return true
  } catch (error) {
    if (error instanceof CourantError && error.code === 'RECORD_INVALID') return false
    throw error
  }
}

describe('a marker', () => {
  it('is believed as producers write it', () => assert.ok(passes({})))

  it('names a run by a UUID and nothing else', () => {
    const id = fc.oneof(fc.string(), fc.uuid(), fc.constantFrom('..', '../../x', `${marker.run_id}\n`, 'A'))
    fc.assert(fc.property(id, (run_id) => assert.equal(passes({ run_id }), isRunId(run_id))))
  })

  it('has columns that types can be made of, whatever JSON stands there', () => {
    const cell = fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.constantFrom(...Object.values(column)))
    const odd = fc
      .tuple(fc.constantFrom(...Object.keys(column)), cell)
      .map(([name, value]) => JSON.stringify([{ ...column, [name]: value }]))
    fc.assert(
      fc.property(fc.oneof(odd, fc.json(), fc.string()), (columns) => {
        if (!passes({ columns })) return
        for (const { sqlName, width, scale } of columnsOf({ columns })) {
          assert.equal(typeof sqlName, 'string')
          for (const size of [width, scale]) assert.ok(size === null || Number.isSafeInteger(size))
        }
      })
    )
  })
})
