import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { randomFrom } from '../../../../local/sample/random.ts'
import { readSourceTable } from '../../../../producers/progress/catalogue.ts'
import { OdbcConnection } from '../../../../producers/progress/odbc-connection.ts'
import type { CourantError } from '../../../../runtime/errors.ts'
import { settingsFrom } from '../../../../runtime/settings.ts'
import { parseEtlTable } from '../../../../schemas/erp/metadata.ts'
import { addEtlTable, syncColumns } from '../../../../sinks/ods/metadata.ts'
import { migrate } from '../../../../sinks/ods/migrate.ts'
import { OdbcErp, withoutOdbc } from '../../../support/odbc-erp.ts'
import { asAdmin } from '../../../support/postgres-admin.ts'
import { sharedStack } from '../../../support/stack.ts'
import { unique } from '../../../support/unique.ts'
import { YearChecks } from './year-checks.ts'
import { type Kill, type Load, YearLoads, yearFolders } from './year-loads.ts'
import { type Cause, YearTable } from './year-source.ts'

const seed = process.env['COURANT_TEST_SEED'] ?? String(Date.now())
const loads = Number(process.env['COURANT_TEST_YEAR_LOADS'] ?? 80)
const tablesCount = 20
const dayMs = 86_400_000
const random = randomFrom(seed)
const zone = random.pick(['UTC', 'Europe/Paris'])

describe(`a year of ${tablesCount} tables, COURANT_TEST_SEED=${seed}, ${zone}`, { skip: withoutOdbc }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'courant-year-'))
  const database = unique('ods')
  let clockMs = Date.parse('2025-12-01T08:00:00Z')
  let erp: OdbcErp
  let source: OdbcConnection
  let year: YearLoads
  let checks: YearChecks
  const tables: YearTable[] = []

  before(async () => {
    const { PGUSER, PGPASSWORD, PGHOST, PGPORT } = sharedStack('postgres')
    erp = await OdbcErp.create()
    await erp.client.query(`CREATE SCHEMA sim;
CREATE TABLE sim.clock (at timestamptz NOT NULL);
INSERT INTO sim.clock VALUES (to_timestamp(0));
CREATE FUNCTION sim.now() RETURNS timestamp LANGUAGE sql STABLE AS $$ SELECT at AT TIME ZONE '${zone}' FROM sim.clock $$;
DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = sim, pg_catalog, public', current_database()); END $$`)
    const env = {
      COURANT_ODS_URL: `postgres://${PGUSER}:${PGPASSWORD}@${PGHOST}:${PGPORT}/${database}`,
      COURANT_PROGRESS_ODBC: erp.connectionString,
      COURANT_PROGRESS_TIME_ZONE: zone,
      COURANT_ODS_DELETES_ALLOWED: '2',
      COURANT_ODS_DUCKDB_MB: '128',
      ...yearFolders(folder)
    }
    year = new YearLoads(env, random, () => new Date(clockMs))
    checks = new YearChecks(year.ods)
    source = new OdbcConnection(settingsFrom(env))
    await migrate(year.ods)
    await advance(0)
    for (let n = 1; n <= tablesCount; n++) {
      const table = new YearTable(`t${String(n).padStart(2, '0')}`, erp, random)
      tables.push(table)
      await table.create()
      const config = {
        TableName: table.name,
        PrimaryKeyCols: 'id',
        HasTimestamps: 1,
        DateModifCol: 'date-modif'
      }
      await addEtlTable(year.ods, parseEtlTable({ ...config, KeepHistory: n % 2 }))
      await sync(table)
    }
  })
  after(async () => {
    await source.close()
    await year.ods.close()
    await erp.drop()
    await asAdmin(`DROP DATABASE IF EXISTS "${database}" WITH (FORCE)`)
    rmSync(folder, { recursive: true, force: true })
  })

  it(`${loads} loads, whatever happens to their tables: no table stands, and every load tells the truth`, async (t) => {
    const happened = new Map<string, number>()
    const note = (what: string) => void happened.set(what, (happened.get(what) ?? 0) + 1)
    for (let n = 0; n < loads; n++) {
      const table = random.pick(tables)
      await advance(random.chance(0.7) ? 300_000 : random.next() * 20 * dayMs)
      await table.work()
      const event = await happen(table)
      await advance(random.int(5000))
      const mode = random.chance(0.3) ? 'full' : 'incremental'
      const kill = random.chance(0.15) ? random.pick<Kill>(['reading', 'writing', 'connection']) : null
      const what = `load ${n} of ${table.name}, ${mode}${kill ? `, killed while ${kill}` : ''}, after ${event ?? 'nothing'} (${[...table.causes].join(', ')})`
      note(event ?? 'nothing')
      if (kill) note(`kill ${kill}`)
      const before = await checks.snapshot(table.name)
      const load = await year.load({ name: table.name, mode, confirm: random.chance(0.3), kill })
      try {
        note(await checked(table, load, before))
      } catch (error) {
        throw new Error(`${what}: ${String(error)}`, { cause: error })
      }
    }
    t.diagnostic([...happened].map(([what, count]) => `${what}: ${count}`).join(', '))
    t.diagnostic(`the clock went ${Math.round((clockMs - Date.parse('2025-12-01T08:00:00Z')) / dayMs)} days`)
  })

  it('at the end source and ODS agree, history is whole, and the log is true of every run', async () => {
    for (const table of tables) {
      for (const cause of table.causes) await mend(table, cause)
      await advance(300_000)
      const load = await year.load({ name: table.name, mode: 'full', confirm: true, kill: null })
      assert.equal(load.error, null, table.name)
      await checks.agrees(table, { isWhole: true })
      await checks.historyIsSound(table)
      await checks.wholeLogIsTrue(table)
    }
  })

  /** What must hold after a load; says how it ended. */
  async function checked(table: YearTable, load: Load, before: string): Promise<string> {
    const entry = load.outcomes.at(-1)?.entry
    if (entry) await checks.logTells(table, entry)
    if (load.wasKilled) return 'was killed'
    const error = load.error as CourantError | null
    const isRefused = error?.code === 'DELETES_REFUSED'
    if (error !== null && !isRefused) {
      assert.ok(table.causes.size > 0, `it stands without a cause: ${error.message}`)
      if (load.outcomes.every((outcome) => outcome.entry.status === 'failed'))
        assert.equal(await checks.snapshot(table.name), before, 'a run that failed has changed the table')
      return `failed: ${error.code}`
    }
    assert.ok(entry?.status === 'succeeded')
    await checks.agrees(table, { isWhole: entry.mode === 'full' && !isRefused })
    await checks.lostIsNull(table, entry.runId)
    await checks.historyIsSound(table)
    return isRefused ? 'deletes refused' : 'succeeded'
  }

  async function advance(ms: number): Promise<void> {
    clockMs += Math.round(ms) + 1
    await erp.client.query('UPDATE sim.clock SET at = to_timestamp($1 / 1000.0)', [clockMs])
  }

  async function sync({ name }: YearTable): Promise<void> {
    await syncColumns(year.ods, name, (await readSourceTable(source, name)).columns)
  }

  async function configure({ name }: YearTable, set: string): Promise<void> {
    await checks.ask(`UPDATE config.ETL_Tables SET ${set} WHERE TableName = '${name}'`)
  }

  async function exclude(table: YearTable, column: string, isExcluded: boolean): Promise<void> {
    if (isExcluded) table.excluded.add(column)
    else table.excluded.delete(column)
    await checks.ask(
      `UPDATE config.ETL_Columns SET IsExcluded = ${isExcluded ? 1 : 0} WHERE TableName = '${table.name}' AND ColumnName = '${column}'`
    )
  }

  async function mend(table: YearTable, cause: Cause): Promise<void> {
    if (cause === 'wrong configuration')
      await configure(table, `LookbackInterval = '1d', Priority = 'normal'`)
    if (cause === 'column gone') await sync(table)
    await table.mend(cause)
  }

  /** What happens to a table between two loads, if anything. */
  async function happen(table: YearTable): Promise<string | null> {
    for (const cause of table.causes) if (random.chance(0.6)) await mend(table, cause)
    if (random.chance(0.45)) return null
    const events: Readonly<Record<string, () => Promise<unknown>>> = {
      'a wrong date': () => table.break('wrong date'),
      'a text too wide': () => table.break('too wide'),
      'two rows of one key': () => table.break('same key'),
      'a wrong cell of the configuration': async () => {
        await configure(table, `LookbackInterval = '1 jour'`)
        await table.break('wrong configuration')
      },
      'a column more': () => table.addColumn(),
      'a column more, and a sync': async () => {
        await table.addColumn()
        await sync(table)
      },
      'a wider column': () => table.widen(),
      'a column gone': async () => {
        const gone = await table.removeColumn()
        if (gone !== null) await table.break('column gone')
      },
      'a column excluded': () => exclude(table, random.pick(['px', 'stock', 'dat-x']), true),
      'columns included': async () => {
        for (const column of table.excluded) await exclude(table, column, false)
      },
      'another key': async () => {
        table.key = random.pick([['id'], ['id', 'code-k'], ['code-k']])
        await configure(table, `PrimaryKeyCols = '${table.key.join(',')}'`)
      },
      'history on': () => configure(table, 'KeepHistory = 1'),
      'history off': () => configure(table, 'KeepHistory = 0'),
      'no dates': () => configure(table, 'HasTimestamps = 0'),
      dates: () =>
        configure(table, `HasTimestamps = 1, DateModifPrecision = '${random.pick(['date', 'datetime'])}'`),
      'a lookback': () => configure(table, `LookbackInterval = '${random.pick(['0d', '1d', '12h'])}'`)
    }
    const event = random.pick(Object.keys(events))
    await events[event]?.()
    return event
  }
})
