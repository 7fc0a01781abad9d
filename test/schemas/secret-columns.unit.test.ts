import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { secretColumns } from '../../schemas/secret-columns.ts'
import { changeSchema } from '../../schemas/envelope.ts'
import { parseTable } from '../../schemas/table.ts'
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
    const names = [...secret, 'id', 'hashtag', 'compass', 'key']
    assert.deepEqual(secretColumns(names.map((name) => ({ name }))), secret)
  })

  it('are no secrets when their field says so', () => {
    const field = (name: string, more = {}) => ({ name, type: 'string', ...more })
    const table = parseTable('schemas/shop/commits.avsc', {
      type: 'record',
      name: 'Commit',
      namespace: 'courant.shop',
      doc: 'A commit.',
      courant: { source: 'postgres', table: 'commits', key: ['id'], cursor: null },
      fields: [field('id'), field('commit_hash', { secret: false }), field('secretary_id')]
    })
    assert.deepEqual(secretColumns(table.columns), [])
    assert.doesNotMatch(JSON.stringify(changeSchema(table)), /"secret"/)
  })

  it('are refused as soon as the file is read, before any topic is made for it', () => {
    const avro = {
      type: 'record',
      name: 'Staff',
      namespace: 'courant.pagila',
      doc: 'Who works in a shop.',
      courant: { source: 'postgres', table: 'staff', key: ['staff_id'], cursor: null },
      fields: [
        { name: 'staff_id', type: 'int' },
        { name: 'password', type: ['null', 'string'], default: null }
      ]
    } as const
    assert.throws(() => parseTable('schemas/pagila/staff.avsc', avro), {
      code: 'SCHEMA_INVALID',
      message: /field password: it looks like a secret: take it out .*"secret": false/
    })
  })

  it('are in none of our tables', () => {
    for (const table of tableList) assert.deepEqual(secretColumns(table.columns), [])
  })
})
