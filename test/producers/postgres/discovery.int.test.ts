import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { cleaner } from '../../../processors/clean-table.ts'
import { discoverPostgres, postgresTables } from '../../../producers/postgres/discover.ts'
import { postgresReader } from '../../../producers/postgres/postgres-reader.ts'
import { Rejection } from '../../../runtime/pipeline.ts'
import type { RawChange } from '../../../schemas/change.ts'
import { declareTable, tableNameFrom } from '../../../schemas/discovery/declare-table.ts'
import { parseTable, type Table } from '../../../schemas/table.ts'
import { testContext } from '../../support/context.ts'
import { libraryRows, libraryTables } from '../../support/library-database.ts'
import { Reading } from '../../support/reading.ts'
import { SourceDatabase } from './source-database.ts'

describe("a stranger's database", () => {
  let source: SourceDatabase
  before(async () => {
    source = await SourceDatabase.create()
    await source.client.query(libraryTables)
    await source.client.query(libraryRows)
  })
  after(() => source.drop())

  const discovered = async (...names: string[]) => {
    const found = await discoverPostgres(testContext(source.env), names)
    return found.map((table) => table ?? assert.fail('it is there'))
  }
  const declared = async (name: string) => {
    const [table] = await discovered(name)
    return declareTable(table ?? assert.fail(), 'library', tableNameFrom(name))
  }

  it('lists its tables, each family of partitions once', async () => {
    const names = await postgresTables(testContext(source.env))
    assert.equal(names.length, 16)
    assert.ok(names.includes('loan') && !names.includes('loan_2025'))
    assert.deepEqual(await discoverPostgres(testContext(source.env), ['nowhere']), [null])
  })

  it('says of a family without a key what to do, and takes it once that is done', async () => {
    const [fine] = await discovered('fine')
    assert.match(
      fine?.problems.join() ?? '',
      /neither a primary key.*CREATE UNIQUE INDEX ON "public"\."fine" \(paid_on, fine_id\)/
    )
    await source.client.query('CREATE UNIQUE INDEX ON fine (paid_on, fine_id)')
    const [mended] = await discovered('fine')
    assert.deepEqual([mended?.problems, mended?.key], [[], ['paid_on', 'fine_id']])
  })

  it('leaves out secrets and names that cannot be, keeps comments as docs, and guesses personal data to be confirmed', async () => {
    const staff = await declared('staff')
    assert.ok(!staff.avro.fields.some(({ name }) => name === 'password'))
    assert.match(staff.notes.join('\n'), /column password \(text\) is left out: it looks like a secret/)
    const member = await declared('member')
    const pii = Object.fromEntries(member.avro.fields.map((field) => [field.name, field.pii]))
    assert.deepEqual(
      [pii['first_name'], pii['surname'], pii['email'], pii['phone'], pii['date_of_birth'], pii['last_ip']],
      ['name', 'name', 'email', 'phone', 'birth-date', 'ip']
    )
    assert.equal(member.avro.courant.cursor, 'updated_at')
    assert.match(member.notes.join('\n'), /column Odd Name \(text\) is left out: Avro names/)
    assert.match(
      member.notes.join('\n'),
      /CREATE INDEX CONCURRENTLY ON "public"\."member" \("updated_at", "member_id"\)/
    )
    const branch = await declared('branch')
    assert.equal(branch.avro.doc, 'A building of the library.')
    assert.equal(
      branch.avro.fields.find(({ name }) => name === 'opening')?.doc,
      'Hours between which it is open.'
    )
  })

  it('is declared with exact types and its keys in their order', async () => {
    const edition = await declared('edition')
    const types = Object.fromEntries(edition.avro.fields.map(({ name, type }) => [name, type]))
    assert.deepEqual(edition.avro.courant.key, ['work_id', 'number'])
    assert.deepEqual(types['price'], [
      'null',
      { type: 'bytes', logicalType: 'decimal', precision: 8, scale: 2 }
    ])
    assert.deepEqual(
      [types['list_price'], types['work_id'], types['weight']],
      [['null', 'string'], 'long', ['null', 'double']]
    )
    assert.deepEqual((await declared('author')).avro.fields.find(({ name }) => name === 'born')?.type, [
      'null',
      'int'
    ])
    assert.deepEqual((await declared('room')).avro.courant.key, ['branch_id', 'room_number'])
    assert.equal((await declared('Supplier')).avro.courant.cursor, 'UpdatedAt')
  })

  it('streams whole, every row of every table, none of them rejected', async () => {
    await source.client.query('CREATE UNIQUE INDEX IF NOT EXISTS fine_key ON fine (paid_on, fine_id)')
    for (const name of await postgresTables(testContext(source.env))) {
      const { avro } = await declared(name)
      const table = parseTable(
        `schemas/library/${tableNameFrom(name)}.avsc`,
        JSON.parse(JSON.stringify(avro))
      )
      const changes = await changesOf(table)
      const [there, read] = [await rowsAtSource(table), textsOf(table, changes)]
      assert.equal(
        read.find((row, i) => row !== there[i]),
        undefined,
        name
      )
      assert.equal(read.length, there.length, name)
      const clean = cleaner(table)
      for (const change of changes) {
        const [result] = [clean(change)].flat()
        if (result instanceof Rejection) assert.fail(`${name}: ${JSON.stringify(result)}`)
      }
    }
  })

  async function changesOf(table: Table): Promise<RawChange[]> {
    const reading = new Reading({
      spec: postgresReader(table),
      env: source.stateEnv(),
      put: async () => undefined,
      remove: async () => undefined,
      idOf: () => 0,
      textOf: () => null,
      drop: async () => undefined
    })
    const { items } = await reading.readToEnd(await reading.open())
    await reading.end()
    return items.map(({ value }) => value)
  }

  const textsOf = (table: Table, changes: readonly RawChange[]) =>
    changes
      .map(({ after: row }) => JSON.stringify(table.columns.map(({ name }) => row?.[name] ?? null)))
      .sort()

  /** As the server prints them with the settings of our sessions. */
  async function rowsAtSource({ columns, sourceTable }: Table): Promise<string[]> {
    const list = columns.map(({ name }) => `"${name}"`).join(', ')
    await source.client.query(
      "SET TimeZone = 'UTC'; SET IntervalStyle = 'iso_8601'; SET extra_float_digits = 1"
    )
    const { rows } = await source.client.query<string[]>({
      text: `SELECT ${list} FROM "${sourceTable}"`,
      rowMode: 'array',
      types: { getTypeParser: () => (value: string) => value }
    })
    return rows.map((row) => JSON.stringify(row)).sort()
  }
})
