import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keyKindProblems } from '../../producers/key-kinds.ts'
import type { ColumnKind } from '../../schemas/table.ts'
import { tables } from '../../schemas/tables.ts'

const problems = (type: ColumnKind, sourceType: string) =>
  keyKindProblems(
    { ...tables.groups, key: ['k'], columns: [{ name: 'k', type, nullable: false, pii: null }] },
    () => sourceType
  )

test('a key column is refused as a kind that has one value for several of its texts', () => {
  const decimal = { kind: 'decimal', precision: 9, scale: 2 } as const
  const refused: [ColumnKind, string][] = [
    [{ kind: 'timestamp' }, 'text'],
    [{ kind: 'date' }, 'character varying'],
    [{ kind: 'boolean' }, 'citext'],
    [{ kind: 'double' }, 'numeric'],
    [decimal, 'text']
  ]
  for (const [kind, type] of refused) assert.match(problems(kind, type).join(), /declare it "string"/)
  const taken: [ColumnKind, string][] = [
    [{ kind: 'timestamp' }, 'timestamp with time zone'],
    [{ kind: 'timestamp' }, 'timestamp'],
    [{ kind: 'date' }, 'date'],
    [{ kind: 'boolean' }, 'boolean'],
    [{ kind: 'double' }, 'double precision'],
    [decimal, 'numeric'],
    [{ kind: 'string' }, 'text'],
    [{ kind: 'uuid' }, 'text'],
    [{ kind: 'long' }, 'text']
  ]
  for (const [kind, type] of taken) assert.deepEqual(problems(kind, type), [])
})
