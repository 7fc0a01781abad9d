import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { secretColumns } from '../../producers/secret-columns.ts'
import { tableList } from '../../schemas/tables.ts'

describe('columns that look like secrets', () => {
  it('are found by name', () => {
    const secret = [
      'password',
      'PasswordHash',
      'pwd',
      'passwd',
      'reset_token',
      'client_secret',
      'api_key',
      'apiKey',
      'md5_hash'
    ]
    assert.deepEqual(secretColumns([...secret, 'id', 'hashtag', 'compass', 'key']), secret)
  })

  it('are in none of our tables', () => {
    for (const table of tableList)
      assert.deepEqual(secretColumns(table.columns.map((column) => column.name)), [])
  })
})
