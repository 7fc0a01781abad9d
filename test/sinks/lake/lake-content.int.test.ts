import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { DuckDBInstance } from '@duckdb/node-api'
import { CourantError } from '../../../runtime/errors.ts'
import { settingsFrom } from '../../../runtime/settings.ts'
import { bronzeSink } from '../../../sinks/lake/bronze.ts'
import type { CleanItem } from '../../../sinks/lake/silver-columns.ts'
import { silverSink } from '../../../sinks/lake/silver.ts'
import { objectStoreFor } from '../../../runtime/object-store/object-store-for.ts'
import { readText } from '../../../runtime/object-store/object-store.ts'
import { testContext } from '../../support/context.ts'
import { unique } from '../../support/unique.ts'
import { cleanChange, rawChange, sampleTable } from './sample-log.ts'
import { bronzeRows, silverRows } from './stored-rows.ts'

const root = mkdtempSync(join(tmpdir(), 'courant-lake-content-'))
after(() => rmSync(root, { recursive: true, force: true }))

async function lake() {
  const env = { COURANT_LAKE_URL: join(root, unique('lake')), COURANT_LAKE_COMPACT_MS: '0' }
  return {
    folder: env.COURANT_LAKE_URL,
    context: testContext(env),
    store: await objectStoreFor(settingsFrom(env))
  }
}

const signal = () => AbortSignal.timeout(30_000)
const numbers = (count: number) => Array.from({ length: count }, (_, n) => n)

describe('Bronze', () => {
  it('holds every column exactly as extracted, under a header, with source columns first', async () => {
    const { context, store } = await lake()
    const writer = await bronzeSink(sampleTable).open(context)
    await writer.write(numbers(60).map(rawChange), { signal: signal() })
    const rows = await bronzeRows(store, sampleTable.name)
    assert.equal(rows.length, 60)
    for (const item of numbers(60).map(rawChange)) {
      const { value, partition, offset, at } = item
      const row = rows.find((row) => row['_partition'] === `${partition}` && row['_offset'] === `${offset}`)
      assert.ok(row)
      for (const { name } of sampleTable.columns)
        assert.equal(row[name], (value.after ?? value.before)?.[name] ?? null, name)
      assert.equal(row['_op'], value.op)
      assert.equal(row['ds'], at.toISOString().slice(0, 10))
    }
    const header = [
      ...sampleTable.columns.map(({ name }) => name),
      '_op',
      '_changed_at',
      '_partition',
      '_offset'
    ]
    const name = 'bronze/user-purchases/2026-11-01/user-purchases-p0-0000000000000000.csv'
    const text = await readText(store, name)
    assert.equal(text?.split('\r\n')[0], header.join(','))
    assert.match(text ?? '', /,2026-11-01T00:00:00\.003003Z,0,2\r\n/)
  })

  it('says in metadata which offsets a file holds, how many rows, and what it hashes to', async () => {
    const { context, store } = await lake()
    const writer = await bronzeSink(sampleTable).open(context)
    await writer.write(numbers(30).map(rawChange), { signal: signal() })
    const info = await store.head('bronze/user-purchases/2026-11-01/user-purchases-p1-0000000000000000.csv')
    const { first, last, count, sha256 } = info?.metadata ?? {}
    assert.deepEqual([first, last, count], ['0', '18', '9'])
    assert.equal(sha256, info?.etag)
  })

  it('notices that a topic was made anew under the same name', async () => {
    const { context } = await lake()
    const write = async (id: (old: string) => string) => {
      const writer = await bronzeSink(sampleTable).open(context)
      await writer.write(
        numbers(30)
          .map(rawChange)
          .map((item) => ({ ...item, id: id(item.id) })),
        { signal: signal() }
      )
    }
    await write((id) => id)
    await write((id) => id)
    await assert.rejects(
      write((id) => `other ${id}`),
      (error) => error instanceof CourantError && error.code === 'TOPIC_REPLACED'
    )
  })
})

describe('Silver', () => {
  it('has exact types that other programs read', async () => {
    const { context, folder } = await lake()
    const writer = await silverSink(sampleTable).open(context)
    await writer.write(numbers(30).map(cleanChange), { signal: signal() })
    await writer.close()
    const connection = await (await DuckDBInstance.create(':memory:')).connect()
    const files = `read_parquet('${folder}/silver/user-purchases/*/*.parquet')`
    const types = (await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${files}`)).getRowObjects()
    assert.deepEqual(
      types.map((row) => `${String(row['column_name'])} ${String(row['column_type'])}`),
      [
        'user_id VARCHAR',
        'purchase_time TIMESTAMP WITH TIME ZONE',
        'purchase_id VARCHAR',
        'product_type VARCHAR',
        'amount DECIMAL(18,4)',
        'currency VARCHAR',
        '_op VARCHAR',
        '_version BIGINT',
        '_changed_at TIMESTAMP WITH TIME ZONE',
        '_partition INTEGER',
        '_offset BIGINT',
        '_withdrawn VARCHAR'
      ]
    )
    const codecs = (
      await connection.runAndReadAll(
        `SELECT DISTINCT compression, stats_min IS NOT NULL AS hasStatistics FROM parquet_metadata('${folder}/silver/user-purchases/2026-11-01/*.parquet') WHERE path_in_schema = 'user_id'`
      )
    ).getRowObjects()
    assert.deepEqual(codecs, [{ compression: 'ZSTD', hasStatistics: true }])
  })

  it('holds every value unchanged, sorted by key and version within a file', async () => {
    const { context, store } = await lake()
    const writer = await silverSink(sampleTable).open(context)
    await writer.write(numbers(90).map(cleanChange), { signal: signal() })
    const rows = await silverRows(store, sampleTable.name)
    for (const { value, partition, offset } of numbers(90).map(cleanChange)) {
      const row = rows.find((row) => row['_partition'] === `${partition}` && row['_offset'] === `${offset}`)
      assert.ok(row)
      const source = (value.after ?? value.before) as Record<string, unknown>
      assert.equal(row['user_id'], source['user_id'])
      assert.equal(row['product_type'], source['product_type'] ?? null)
      assert.equal(row['amount'], source['amount'] ?? null)
      assert.equal(microsOf(row['purchase_time']), source['purchase_time'])
      assert.equal(microsOf(row['_changed_at']), value.source.ts_us)
      assert.deepEqual([row['_op'], row['_version']], [value.op, String(value.source.row_version)])
    }
    const ofOneFile = rows.filter((row) => row['_partition'] === '0' && row['ds'] === '2026-11-01')
    const order = ofOneFile.map((row) => `${row['user_id']} ${row['purchase_time']} ${row['_version']}`)
    assert.deepEqual(order, order.toSorted())
  })

  it('sets a value aside that does not fit its type, without repeating it', async () => {
    const { context, store } = await lake()
    const writer = await silverSink(sampleTable).open(context)
    const good = cleanChange(0)
    const after = { ...good.value.after, amount: 'a secret amount' }
    const bad: CleanItem = { ...good, value: { ...good.value, after } }
    await assert.rejects(writer.write([bad], { signal: signal() }), (error) => {
      assert.ok(error instanceof CourantError)
      assert.equal(error.code, 'RECORD_INVALID')
      assert.doesNotMatch(`${error.stack} ${String(error.cause)}`, /secret/)
      return true
    })
    await writer.write([good], { signal: signal() })
    assert.equal((await silverRows(store, sampleTable.name)).length, 1)
  })
})

function microsOf(text: string | null | undefined): number {
  const [, seconds = '', fraction = ''] = /^(.{19})\.?(\d*)\+00$/.exec(text ?? '') ?? []
  return Date.parse(`${seconds.replace(' ', 'T')}Z`) * 1000 + Number(fraction.padEnd(6, '0'))
}
