import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CourantError } from '../../../runtime/errors.ts'
import type { Table } from '../../../schemas/table.ts'
import { compactDay } from '../../../sinks/lake/compaction.ts'
import { Compactor } from '../../../sinks/lake/compactor.ts'
import { silverDays } from '../../../sinks/lake/silver-files.ts'
import { ensureSilverSchema } from '../../../sinks/lake/silver-schema.ts'
import { silverSink } from '../../../sinks/lake/silver.ts'
import { sampleTable } from './sample-log.ts'
import { range, signal, silverLake } from './silver-lake.ts'
import { silverRows } from './stored-rows.ts'

describe('a column of Silver', () => {
  const withColumn = (name: string, kind: 'string' | 'long'): Table => ({
    ...sampleTable,
    columns: [...sampleTable.columns, { name, type: { kind }, nullable: true, pii: null }]
  })

  it('that is new is NULL in older files', async () => {
    const at = await silverLake()
    await at.write(0, 40)
    const wider = withColumn('shop', 'string')
    const writer = await silverSink(wider).open(at.context)
    await writer.write(
      range(40, 80).map((item) => ({
        ...item,
        value: { ...item.value, after: item.value.after && { ...item.value.after, shop: 'x' } }
      })),
      { signal: signal() }
    )
    await writer.close()
    const schema = await ensureSilverSchema(at.store, wider)
    await new Compactor({ ...at, table: wider, schema }).look({ evenIfBusy: true })
    await at.holds(80)
    const shops = (await silverRows(at.store, at.table.name)).filter((row) => row['shop'] === 'x')
    assert.equal(shops.length, range(40, 80).filter(({ value }) => value.after).length)
  })

  it('that is gone from the table stays in the files that have it', async () => {
    const at = await silverLake({ table: withColumn('shop', 'string') })
    await at.write(0, 40)
    const schema = await ensureSilverSchema(at.store, sampleTable)
    assert.ok(schema.some(({ name }) => name === 'shop'))
    await new Compactor({ ...at, table: sampleTable, schema }).look({ evenIfBusy: true })
    assert.ok((await silverRows(at.store, at.table.name)).every((row) => row['shop'] === null))
  })

  it('never becomes a list, JSON or an interval of a text: such a version of it has a name of its own', async () => {
    const at = await silverLake({ table: withColumn('shop', 'string') })
    const kinds = [
      { kind: 'array', items: { type: { kind: 'string' }, nullable: true } },
      { kind: 'json' },
      { kind: 'interval' },
      { kind: 'time' }
    ] as const
    for (const type of kinds) {
      const column = (name: string) => ({ name, type, nullable: true, pii: null })
      const other = (name: string): Table => ({
        ...sampleTable,
        columns: [...sampleTable.columns, column(name)]
      })
      await assert.rejects(ensureSilverSchema(at.store, other('shop')), /shop as VARCHAR and would get it as/)
      await ensureSilverSchema(at.store, other(`shop_${type.kind}`))
    }
  })

  it('never changes its type', async () => {
    const at = await silverLake({ table: withColumn('shop', 'string') })
    await assert.rejects(
      silverSink(withColumn('shop', 'long')).open(at.context),
      (error) =>
        error instanceof CourantError &&
        error.code === 'SCHEMA_INCOMPATIBLE' &&
        /shop as VARCHAR/.test(error.message)
    )
    // Should a file have slipped past that, compaction leaves its day alone.
    await at.write(0, 40)
    const schema = at.schema.map((column) =>
      column.name === 'amount' ? { ...column, type: 'DOUBLE' } : column
    )
    const [day] = await silverDays(at.store, at.table.name)
    assert.ok(day)
    await assert.rejects(compactDay({ ...at, schema }, day), /amount as DECIMAL/)
  })
})
