import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Table } from '../../schemas/table.ts'
import { stageSchema } from '../../schemas/subjects.ts'
import { tables } from '../../schemas/tables.ts'
import { masked } from '../../topics/masking.ts'
import { sampleUser, userChange } from '../support/changes.ts'

describe('masking', () => {
  it('hides what the schema marks as personal, wherever in the envelope, and nothing else', () => {
    const { value } = userChange(1)
    const shown = masked(value, stageSchema(tables.users, 'clean')) as typeof value
    assert.deepEqual(shown, { ...value, after: { ...sampleUser(1), first_name: '‹name›', email: '‹email›' } })
  })

  it('hides raw rows of changes and of rejects as well', () => {
    const after = { id: '1', email: 'ada@example.com' }
    for (const stage of ['changes', 'rejects'] as const)
      assert.deepEqual(masked({ after }, stageSchema(tables.users, stage)), {
        after: { id: '1', email: '‹email›' }
      })
  })

  it('hides what people write in their own words', () => {
    const shown = (table: Table, after: object) => masked({ after }, stageSchema(table, 'clean'))
    const words = 'call Ada on 555 0100'
    assert.deepEqual(
      shown(tables.activities, { id: '1', title: words, description: words, status: 'done' }),
      {
        after: { id: '1', title: '‹text›', description: '‹text›', status: 'done' }
      }
    )
    assert.deepEqual(shown(tables.groups, { id: '1', description: words }), {
      after: { id: '1', description: '‹text›' }
    })
    assert.deepEqual(shown(tables.groupMessages, { content: words }), { after: { content: '‹text›' } })
  })
})
