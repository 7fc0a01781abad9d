import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { discoverPostgres, postgresTables } from '../../../../producers/postgres/table/discover.ts'
import { postgresReader } from '../../../../producers/postgres/postgres-reader.ts'
import type { Item } from '../../../../runtime/pipeline.ts'
import type { RawChange } from '../../../../schemas/change.ts'
import { declareTable, tableNameFrom } from '../../../../schemas/discovery/declare-table.ts'
import { distinct } from '../../../../schemas/check-table.ts'
import { generatedTypes } from '../../../../schemas/generate.ts'
import { appendHistory, historyProblems } from '../../../../schemas/history.ts'
import { stageSchema, topicName } from '../../../../schemas/subjects.ts'
import { parseTable, type Table } from '../../../../schemas/table.ts'
import { viewName } from '../../../../schemas/view-names.ts'
import { canonicalDuck, sameDoubles } from '../../../support/canonical-cells.ts'
import { testContext } from '../../../support/context.ts'
import { libraryRows, libraryTables } from '../../../support/library-database.ts'
import { Reading } from '../../../support/reading.ts'
import { temporaryFolder } from '../../../support/stack.ts'
import { Stages } from '../../../support/stages.ts'
import { canonicalSql } from '../canonical-sql.ts'
import { SourceDatabase } from '../source-database.ts'

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

  it('streams whole to the lake and its views, every cell of every table, none of them rejected', async (t) => {
    await source.client.query('CREATE UNIQUE INDEX IF NOT EXISTS fine_key ON fine (paid_on, fine_id)')
    let cells = 0
    for (const table of await tablesOf()) {
      const changes = await changesOf(table)
      const [there, read] = [
        await rowsAtSource(table),
        textsOf(
          table,
          changes.map(({ value }) => value)
        )
      ]
      assert.deepEqual(read, there, table.name)
      const stages = await Stages.of(t, table)
      await stages.add(changes)
      assert.deepEqual(
        stages.rejected.map(({ value }) => value.reasons),
        [],
        table.name
      )
      await stages.compact()
      const [expected, shown] = [await saidAtSource(table), await saidInViews(table, stages)]
      assert.deepEqual(shown, expected, table.name)
      cells += shown.length * table.columns.length
    }
    t.diagnostic(`${cells} cells`)
  })

  it('has files that pass what check does for schemas: names, history, types', async (t) => {
    const found = await tablesOf()
    assert.equal(distinct(found).length, 16)
    const folder = pathToFileURL(`${temporaryFolder(t)}/`)
    const subjects = found.flatMap((table) =>
      (['changes', 'clean', 'rejects'] as const).map((stage) => ({
        subject: topicName(table, stage),
        schema: stageSchema(table, stage)
      }))
    )
    // Twice: what was released is read by what comes next.
    assert.deepEqual([appendHistory(subjects, folder), historyProblems(subjects, folder)], [[], []])
    const home = pathToFileURL(`${temporaryFolder(t)}/`)
    mkdirSync(new URL('library/', home))
    for (const { avro, name } of found)
      writeFileSync(new URL(`library/${name}.avsc`, home), JSON.stringify(avro))
    const [types = ''] = generatedTypes(home).values()
    const file = fileURLToPath(new URL('library.ts', home))
    writeFileSync(file, types)
    execFileSync('tsc', ['--noEmit', '--strict', file], { stdio: 'pipe', cwd: fileURLToPath(home) })
    assert.match(types, /readonly tags: readonly \(string \| null\)\[\] \| null/)
    assert.match(types, /readonly period: ReservationPeriod/)
  })

  async function tablesOf(): Promise<Table[]> {
    const found: Table[] = []
    for (const name of await postgresTables(testContext(source.env))) {
      const { avro, file } = await declared(name)
      found.push(parseTable(file, JSON.parse(JSON.stringify(avro))))
    }
    return found
  }

  const bySay = (rows: readonly Record<string, unknown>[], { columns }: Table) =>
    rows
      .map((row) =>
        JSON.stringify(
          columns.map(({ name, type }) =>
            sameDoubles(JSON.parse((row[name] as string | null) ?? 'null'), type)
          )
        )
      )
      .toSorted()

  async function saidAtSource(table: Table): Promise<string[]> {
    const list = table.columns.map(
      ({ name, type }) => `(${canonicalSql(`t."${name}"`, type)})::text AS "${name}"`
    )
    await source.client.query("SET TimeZone = 'UTC'; SET IntervalStyle = 'iso_8601'")
    const { rows } = await source.client.query(`SELECT ${list.join(', ')} FROM "${table.sourceTable}" t`)
    return bySay(rows as Record<string, unknown>[], table)
  }

  async function saidInViews(table: Table, stages: Stages): Promise<string[]> {
    const list = table.columns.map(({ name, type }) => `${canonicalDuck(`"${name}"`, type)} AS "${name}"`)
    return bySay(await stages.rows(`SELECT ${list.join(', ')} FROM silver."${viewName(table)}"`), table)
  }

  async function changesOf(table: Table): Promise<Item<RawChange>[]> {
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
    return items
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
