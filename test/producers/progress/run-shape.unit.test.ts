import assert from 'node:assert/strict'
import { it } from 'node:test'
import { covers, shapeOf } from '../../../producers/progress/run-shape.ts'
import { selectColumns } from '../../../producers/progress/selected-columns.ts'
import type { SourceColumn } from '../../../schemas/erp/columns.ts'
import { parseEtlColumn, parseEtlTable } from '../../../schemas/erp/metadata.ts'

const column = (name: string, extent = 0): SourceColumn => ({
  name,
  sqlType: 'varchar',
  type: 'text',
  width: 9,
  scale: null,
  isNullable: true,
  extent,
  ordinal: 1
})
const all = [column('id'), column('part'), column('nom'), column('tel', 2), column('vu'), column('vu2')]
const config = { TableName: 't', PrimaryKeyCols: 'id', HasTimestamps: 1, DateModifCol: 'vu' }

function shape(
  change: {
    columns?: readonly SourceColumn[]
    config?: object
    rows?: readonly Readonly<Record<string, unknown>>[]
  } = {}
) {
  const table = parseEtlTable({ ...config, ...change.config })
  const rows = (change.rows ?? []).map((row) => parseEtlColumn({ TableName: 't', ...row }))
  return shapeOf(selectColumns(table, { name: 't', columns: change.columns ?? all }, rows))
}

it('rows are read again for a column more, another expression, key or date, and for nothing else', () => {
  const excluded = [{ ColumnName: 'nom', IsExcluded: 1 }]
  const computed = [{ ColumnName: 'nom', SourceExpression: 'UPPER("nom")' }]
  const cases: readonly (readonly [string, string, string, boolean])[] = [
    ['the same', shape(), shape(), true],
    ['in another order', shape(), shape({ columns: all.toReversed() }), true],
    ['a column less', shape(), shape({ rows: excluded }), true],
    ['a column that is back', shape({ rows: excluded }), shape(), false],
    [
      'a longer array',
      shape(),
      shape({ columns: [...all.slice(0, 3), column('tel', 3), ...all.slice(4)] }),
      false
    ],
    ['an expression', shape(), shape({ rows: computed }), false],
    [
      'the plain expression',
      shape(),
      shape({ rows: [{ ColumnName: 'nom', SourceExpression: '"nom" AS nom' }] }),
      true
    ],
    ['another key', shape(), shape({ config: { PrimaryKeyCols: 'id,part' } }), false],
    ['another date', shape(), shape({ config: { DateModifCol: 'vu2' } }), false],
    ['no date', shape(), shape({ config: { HasTimestamps: 0 } }), true]
  ]
  for (const [what, was, is, expected] of cases) assert.equal(covers(was, is), expected, what)
  assert.ok(covers(null, shape()), 'of which nothing is known')
})
