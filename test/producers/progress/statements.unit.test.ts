import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { selectColumns } from '../../../producers/progress/selected-columns.ts'
import { Statements } from '../../../producers/progress/statements.ts'
import type { SourceColumn } from '../../../schemas/erp/columns.ts'
import { parseEtlColumn, parseEtlTable } from '../../../schemas/erp/metadata.ts'

const column = (name: string, type: SourceColumn['type'], width: number | null = null): SourceColumn => ({
  name,
  sqlType: type,
  type,
  width,
  scale: null,
  isNullable: true,
  extent: 0,
  ordinal: 1
})

const table = parseEtlTable({
  TableName: 'ligne',
  PrimaryKeyCols: 'code-a,num',
  HasTimestamps: 1,
  DateModifCol: 'dat-m'
})
const source = {
  name: 'ligne',
  columns: [
    column('code-a', 'text'),
    column('num', 'integer'),
    column('prix', 'decimal', 15),
    column('dat-m', 'date')
  ]
}

const statements = (changedFrom: string | null) =>
  new Statements({ schema: 'PUB', name: 'ligne' }, selectColumns(table, source, []), {
    changedFrom,
    isDate: true
  })

const list = `"code-a" AS "code_a", "num" AS "num", CAST("prix" AS VARCHAR(18)) AS "prix", "dat-m" AS "dat_m"`

const configured = (columnName: string, SourceExpression: string) =>
  parseEtlColumn({
    TableName: 'ligne',
    ColumnName: columnName,
    SqlName: columnName.replace('-', '_'),
    SourceExpression
  })

describe('statements of a run', () => {
  it('take SourceExpression with the alias that operators write, and without', () => {
    for (const expression of ['"code-a" AS code_a', '"code-a"', '"code-a" as "le code"']) {
      const { selected } = selectColumns(table, source, [configured('code-a', expression)])
      assert.equal(selected[0]?.expression, '"code-a"')
    }
    const { selected } = selectColumns(table, source, [configured('num', 'CAST("num" AS INTEGER)')])
    assert.equal(selected[1]?.expression, 'CAST("num" AS INTEGER)')
  })

  it('keep an array as one text where its SourceExpression computes something of it', () => {
    const tel = { ...column('tel', 'integer'), extent: 3 }
    const columnsFor = (expression: string) =>
      selectColumns(table, { ...source, columns: [...source.columns, tel] }, [configured('tel', expression)])
        .columns.slice(4)
        .map(({ sqlName, type }) => `${sqlName} ${type}`)
    assert.deepEqual(columnsFor('"tel" AS tel'), ['tel__1 integer', 'tel__2 integer', 'tel__3 integer'])
    assert.deepEqual(columnsFor('CAST("tel" AS VARCHAR(99))'), ['tel text'])
  })

  it('quote every name, cast decimals to text, and order by the key', () => {
    assert.equal(statements(null).scan(null), `SELECT ${list} FROM "PUB"."ligne" ORDER BY "code-a", "num"`)
  })

  it('go on behind a key, with its texts as literals of their types', () => {
    assert.equal(
      statements('2026-03-01').scan(["d'Ax", '12']),
      `SELECT ${list} FROM "PUB"."ligne" WHERE ("dat-m" >= {d '2026-03-01'} OR "dat-m" IS NULL) AND ` +
        `(("code-a" > 'd''Ax') OR ("code-a" = 'd''Ax' AND "num" > 12)) ORDER BY "code-a", "num"`
    )
  })

  it('do not let a number that is none into the statement', () => {
    assert.match(statements(null).scan(['a', '1 OR 1=1']), /"num" > '1 OR 1=1'/)
  })

  it('count the same rows that they read', () => {
    assert.equal(
      statements('2026-03-01').count,
      `SELECT COUNT(*) FROM "PUB"."ligne" WHERE "dat-m" >= {d '2026-03-01'} OR "dat-m" IS NULL`
    )
  })
})
