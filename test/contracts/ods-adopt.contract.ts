import assert from 'node:assert/strict'
import { after, before, describe, it, type TestContext } from 'node:test'
import { type Environment, settingsFrom } from '../../runtime/settings.ts'
import { adopt } from '../../sinks/ods/adoption/adopt.ts'
import { planAdoption } from '../../sinks/ods/adoption/plan-adoption.ts'
import { planUndoing, undoAdoption } from '../../sinks/ods/adoption/undo-adoption.ts'
import { databaseObjects, objectKey } from '../../sinks/ods/database-objects.ts'
import { readEtlColumns, readEtlTables } from '../../sinks/ods/metadata.ts'
import { migrate, migrationState } from '../../sinks/ods/migrate.ts'
import type { OdsDatabase } from '../../sinks/ods/ods-database.ts'
import { openOds } from '../../sinks/ods/open-ods.ts'
import { OdsWorld } from '../sinks/ods/ods-world.ts'
import { column } from '../sinks/ods/sample-runs.ts'

/** A database as an older ETL left it: its tables, a view that people use, a loaded table and one of somebody else. */
const olderEtl = [
  `CREATE TABLE config.ETL_Tables (TableName varchar(50), DestinationTable varchar(50), PrimaryKeyCols varchar(200), HasTimestamps int, DateModifCol varchar(50), LookbackInterval varchar(20), Priority varchar(20), Owner varchar(20))`,
  `INSERT INTO config.ETL_Tables VALUES ('vieux_clients', 'ods.vieux_clients', 'id', 1, 'date-modif', '1d', 'HIGH', 'compta'), ('autre', 'autre', 'id', 0, NULL, '1 jour et demi', 'P1', 'achats')`,
  `CREATE TABLE config.ETL_Columns (TableName varchar(50), ColumnName varchar(50), IsExcluded int, SourceExpression varchar(200))`,
  `INSERT INTO config.ETL_Columns VALUES ('vieux_clients', 'gencod-v', 1, '"gencod-v" AS gencod_v'), ('vieux_clients', 'id', 0, NULL)`,
  `CREATE TABLE etl.ETL_Log (RunId varchar(40), LogTs date, Step varchar(20), Status varchar(20))`,
  `INSERT INTO etl.ETL_Log VALUES ('old', '2025-01-01', 'extract', 'failed')`,
  `CREATE VIEW etl.vw_SLABreach AS SELECT TableName FROM config.ETL_Tables`,
  `CREATE TABLE ods.vieux_clients (id int, libelle varchar(20))`,
  `INSERT INTO ods.vieux_clients VALUES (1, 'as it was')`,
  `CREATE TABLE stg.vieux_clients (id int)`,
  `CREATE TABLE ods.rapports (id int)`
]

/** Taking over a database that an older ETL has filled, and going back. */
export function odsAdoptContract(name: string, env: () => Environment): void {
  describe(`${name}: taking over a database with an older ETL`, () => {
    let ods: OdsDatabase
    const ask = (text: string) => ods.query('ask', { text })
    const names = async () => (await databaseObjects(ods)).map(objectKey).toSorted()
    before(async () => {
      ods = openOds(settingsFrom(env()))
      await ods.create()
      for (const schema of ['config', 'etl', 'stg', 'ods']) await ask(`CREATE SCHEMA ${schema}`)
      for (const text of olderEtl) await ask(text)
    })
    after(() => ods.close())

    it('migrate touches nothing of it, and names the way', async () => {
      const found = await names()
      await assert.rejects(migrate(ods), { code: 'TARGET_REFUSED', message: /etl\.etl_log.*etl adopt/i })
      assert.deepEqual(await names(), found)
    })

    it('says what would be renamed, kept and made, and changes nothing', async () => {
      const found = await names()
      const plan = await planAdoption(ods)
      assert.deepEqual(plan.moves.map(({ object }) => objectKey(object)).toSorted(), [
        'config.etl_columns',
        'config.etl_tables',
        'etl.etl_log',
        'etl.vw_slabreach',
        'ods.vieux_clients',
        'stg.vieux_clients'
      ])
      assert.deepEqual(plan.kept.map(objectKey), ['ods.rapports'])
      const [first] = plan.tables.flatMap(({ notes }) => notes)
      assert.match(first ?? '', /LookbackInterval '1 jour et demi' is not like 0d/)
      assert.deepEqual(await names(), found)
    })

    it('a failure in the middle leaves everything as it was', async () => {
      const found = await names()
      const broken = { number: 99, name: 'broken', makes: [], batches: ['SELECT nothing FROM nowhere'] }
      const dialect = { ...ods.dialect, migrations: [...ods.dialect.migrations, broken] }
      await assert.rejects(
        adopt({
          ...ods,
          dialect,
          transaction: (doing, work) => ods.transaction(doing, (session) => work({ ...session, dialect }))
        })
      )
      assert.deepEqual(await names(), found)
    })

    it('does it, brings the rows over, and a load makes its own table', async (t) => {
      await adopt(ods)
      assert.deepEqual((await migrationState(ods)).pending, [])
      const { tables, wrong } = await readEtlTables(ods)
      assert.deepEqual(
        tables.map((table) => [table.tableName, table.priority, table.lookbackMs, table.hasTimestamps]),
        [
          ['autre', 'normal', 0, false],
          ['vieux_clients', 'high', 86_400_000, true]
        ]
      )
      assert.deepEqual(wrong, [])
      const columns = await ask(
        'SELECT ColumnName AS name, SqlName AS sqlname, IsExcluded AS excluded FROM config.ETL_Columns ORDER BY ColumnName'
      )
      assert.deepEqual(
        columns.map((row) => [row['name'], row['sqlname'], Number(row['excluded'])]),
        [
          ['gencod-v', 'gencod_v', 1],
          ['id', 'id', 0]
        ]
      )
      assert.equal((await readEtlColumns(ods, 'vieux_clients')).length, 2)
      await load(t)
      assert.deepEqual(await ask('SELECT libelle AS libelle FROM ods.vieux_clients'), [{ libelle: 'anew' }])
    })

    it('does nothing when it is done again', async () => {
      const found = await names()
      assert.deepEqual((await adopt(ods)).moves, [])
      assert.deepEqual(await names(), found)
    })

    it('goes back: the old is where it was with its rows, and what Courant made lies beside it', async () => {
      const { aside } = await planUndoing(ods)
      assert.ok(aside.some(({ object }) => objectKey(object) === 'ods.vieux_clients'))
      await undoAdoption(ods)
      assert.deepEqual(await ask('SELECT libelle AS libelle FROM ods.vieux_clients'), [
        { libelle: 'as it was' }
      ])
      assert.equal((await ask('SELECT * FROM config.ETL_Tables')).length, 2)
      assert.equal((await ask('SELECT * FROM etl.vw_SLABreach')).length, 2)
      assert.equal((await ask('SELECT * FROM etl.ETL_Log')).length, 1)
      await assert.rejects(undoAdoption(ods), { code: 'CONFIG_INVALID', message: /Nothing was taken over/ })
    })

    it('takes over and goes back once more, past what lies aside', async (t) => {
      await adopt(ods)
      await load(t)
      await undoAdoption(ods)
      assert.deepEqual(await ask('SELECT libelle AS libelle FROM ods.vieux_clients'), [
        { libelle: 'as it was' }
      ])
    })

    it('leaves a view that somebody made in the place of ours, once ours is gone', async () => {
      await adopt(ods)
      await ask('DROP VIEW etl.vw_SLABreach')
      await ask('CREATE VIEW etl.vw_SLABreach AS SELECT 7 AS seven')
      const next = { number: 99, name: 'next', makes: [], replaces: ['etl.vw_SLABreach'], batches: [] }
      const dialect = { ...ods.dialect, migrations: [...ods.dialect.migrations, next] }
      const newer = { ...ods, dialect }
      await assert.rejects(migrate(newer), { code: 'TARGET_REFUSED', message: /vw_slabreach/i })
      const { moves } = await planAdoption(newer)
      assert.deepEqual(
        moves.map(({ object }) => objectKey(object)),
        ['etl.vw_slabreach']
      )
      // Of a copy of the database all numbers are new: then nothing is taken for another's.
      await ask(`UPDATE etl.Objects SET ObjectId = -1`)
      assert.deepEqual((await migrationState(newer)).foreign, [])
    })

    it('refuses to load over a table that Courant did not make, and passes the run', async (t) => {
      const w = new OdsWorld(t, { env: env(), table: sample })
      await ask(`CREATE TABLE ods.${w.name} (id int)`)
      const refused = await w.load({ number: 1, rows: [{ id: '1', libelle: 'x' }] })
      assert.equal(refused.error?.code, 'CONFIG_INVALID')
      assert.match(refused.error?.message ?? '', /^ods\.\w+ is there already and Courant did not make it/)
      await ask(`DROP TABLE ods.${w.name}`)
      await ask(`CREATE TABLE stg.${w.name} (mine int)`)
      const staged = await w.load({ number: 2, rows: [{ id: '1', libelle: 'x' }] })
      assert.match(staged.error?.message ?? '', /^stg\.\w+ is there already/)
      assert.deepEqual(await ask(`SELECT * FROM stg.${w.name}`), [])
    })

    /** Loads ods.vieux_clients as a table of Courant's own. */
    async function load(t: TestContext): Promise<void> {
      const w = new OdsWorld(t, { env: env(), table: sample, destination: 'vieux_clients' })
      const { entry } = await w.load({ number: 1, rows: [{ id: '1', libelle: 'anew' }] })
      assert.equal(entry.status, 'succeeded')
    }
  })
}

const sample = {
  columns: [column('id', 'integer'), column('libelle', 'text', { width: 20 })],
  key: ['id'],
  keepHistory: true
}
