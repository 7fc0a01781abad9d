import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { ErpColumn } from '../../../local/sample/erp/erp-columns.ts'
import type { RunReaderOptions } from '../../../producers/progress/run-reader.ts'
import { CourantError, type ErrorCode } from '../../../runtime/errors.ts'
import type { ConfigRow } from '../../../schemas/erp/metadata.ts'
import { nextRun, OdbcErp, withoutOdbc } from '../../support/odbc-erp.ts'

const id: ErpColumn = { name: 'id', type: 'integer', value: 'g' }
const text: ErpColumn = { name: 'nom-v', type: 'varchar(20)', value: `'nom ' || g` }

describe('what is wrong at the source', { skip: withoutOdbc }, () => {
  let erp: OdbcErp
  before(async () => {
    erp = await OdbcErp.create()
  })
  after(() => erp.drop())

  /** The run fails with the code, and its sentence says all of this. */
  async function refuses(
    config: ConfigRow,
    wanted: { code: ErrorCode; says: readonly RegExp[] },
    options: { run?: Partial<RunReaderOptions>; env?: Record<string, string> } = {}
  ): Promise<CourantError> {
    const context = erp.context(undefined, options.env)
    const error = await erp.run(config, options.run, context).then(
      () => assert.fail('the run should fail'),
      (error: unknown) => error
    )
    assert.ok(error instanceof CourantError, String(error))
    assert.equal(error.code, wanted.code, error.message)
    for (const pattern of wanted.says) assert.match(error.message, pattern)
    return error
  }

  it('an unknown table', async () => {
    await refuses(
      { TableName: 'nowhere' },
      { code: 'SOURCE_REFUSED', says: [/no table 'nowhere' in schema PUB/, /config\.ETL_Tables/] }
    )
  })

  it('a key column or a date column that is not there', async () => {
    await erp.table('lacking', [id, text], { rows: 1 })
    await refuses(
      { TableName: 'lacking', PrimaryKeyCols: 'id,num' },
      { code: 'CONFIG_INVALID', says: [/PrimaryKeyCols of table 'lacking' names num/] }
    )
    await refuses(
      { TableName: 'lacking', HasTimestamps: 1, DateModifCol: 'dat' },
      { code: 'CONFIG_INVALID', says: [/DateModifCol of table 'lacking' names dat/] }
    )
  })

  it('keys that are unknown or shared, by how many and never by which', async () => {
    await erp.table('unkeyed', [{ ...text, name: 'code' }], { key: [] })
    await erp.client.query(`INSERT INTO erp_data.unkeyed VALUES ('a'), ('A'), ('b'), (NULL), (NULL)`)
    const { message } = await refuses(
      { TableName: 'unkeyed', PrimaryKeyCols: 'code' },
      { code: 'KEY_INVALID', says: [/2 rows have an unknown value/, /2 rows share their key/] }
    )
    assert.doesNotMatch(message, /'a'|'A'|"a"/)
  })

  it('names that collide', async () => {
    await erp.table('clashing', [id, { ...text, name: 'a-b' }, { ...text, name: 'A_b' }], { rows: 1 })
    await refuses(
      { TableName: 'clashing' },
      { code: 'CONFIG_INVALID', says: [/"a-b" and "A_b" would both be called A_b/, /Set SqlName/] }
    )
  })

  it('a column that is gone', async () => {
    await erp.table('shrunk', [id, text], { rows: 1 })
    const gone = { tableName: 'shrunk', columnName: 'parti', sqlName: 'parti', sourceExpression: null }
    await refuses(
      { TableName: 'shrunk' },
      { code: 'SOURCE_REFUSED', says: [/no longer has "parti"/, /courant etl sync/] },
      { run: { columns: [{ ...gone, isExcluded: false, notes: null }] } }
    )
  })

  it('a column of another type than in the last run, but not one of a wider type', async () => {
    await erp.table('retyped', [id, { name: 'qte', type: 'integer', value: 'g' }], { rows: 1 })
    const context = erp.context('retyped')
    await erp.run({ TableName: 'retyped' }, {}, context)
    await erp.client.query(`DROP VIEW "PUB".retyped; ALTER TABLE erp_data.retyped ALTER qte TYPE bigint`)
    await erp.view('retyped', [id, { name: 'qte', type: 'bigint', value: '' }])
    await erp.run({ TableName: 'retyped' }, {}, context)
    await erp.client.query(`DROP VIEW "PUB".retyped; ALTER TABLE erp_data.retyped ALTER qte TYPE text`)
    await erp.view('retyped', [id, { name: 'qte', type: 'varchar(9)', value: '' }])
    await assert.rejects(erp.run({ TableName: 'retyped' }, {}, context), {
      code: 'SOURCE_REFUSED',
      message: /"qte" was bigint and is text now.*SqlName/
    })
  })

  it('a value wider than its column, by table and column, in the middle of the scan', async () => {
    await erp.table('wide', [id, { ...text, value: `CASE g WHEN 777 THEN repeat('X', 21) ELSE 'x' END` }], {
      rows: 1000
    })
    const { details } = await refuses(
      { TableName: 'wide' },
      {
        code: 'WIDTH_EXCEEDED',
        says: [/Column nom-v of PUB\.wide/, /dbtool/]
      }
    )
    assert.equal(details['column'], 'nom-v')
  })

  it('a value that the binding would cut in silence', async () => {
    await erp.table('cut', [id, text], { rows: 3 })
    await erp.client.query(
      `DROP VIEW "PUB".cut;
       CREATE VIEW "PUB".cut AS
         SELECT id, CASE id WHEN 3 THEN repeat('é', 50) ELSE 'x' END AS "nom-v" FROM erp_data.cut`
    )
    const narrow = `${erp.connectionString};MaxVarcharSize=20;TextAsLongVarchar=0`
    await refuses(
      { TableName: 'cut' },
      { code: 'WIDTH_EXCEEDED', says: [/Column nom-v of PUB\.cut/] },
      { env: { COURANT_PROGRESS_ODBC: narrow } }
    )
  })

  it('wrong credentials, another database, a driver that is not there', async () => {
    await erp.table('fine', [id], { rows: 1 })
    const wrong = (from: RegExp, to: string) => ({
      env: { COURANT_PROGRESS_ODBC: erp.connectionString.replace(from, to) }
    })
    const says = [/COURANT_PROGRESS_ODBC/]
    await refuses(
      { TableName: 'fine' },
      { code: 'SOURCE_REFUSED', says },
      wrong(/Database=[^;]*/, 'Database=none')
    )
    await refuses(
      { TableName: 'fine' },
      { code: 'ODBC_MISSING', says },
      wrong(/Driver=[^;]*/, 'Driver={None}')
    )
  })

  it('a source that does not answer is tried again', async () => {
    const env = { COURANT_PROGRESS_ODBC: erp.connectionString.replace(/Port=\d+/, 'Port=1') }
    const { verdict } = await refuses(
      { TableName: 'fine' },
      { code: 'SOURCE_UNAVAILABLE', says: [] },
      { env }
    )
    assert.equal(verdict, 'transient')
  })

  it('a lock in the middle of the scan: the page is read again, no row lost or doubled', async () => {
    await lockedTable(erp, { name: 'locked', errcode: '55P03' })
    const reader = await erp.open({ TableName: 'locked' }, {}, blocksOf(erp))
    const { rows, end } = await nextRun({
      read: (request) => retrying(() => reader.read(request)),
      commit: (batch) => reader.commit(batch),
      close: () => reader.close()
    })
    assert.equal(end.rows, 300)
    assert.deepEqual(
      rows.map((row) => row['id']),
      Array.from({ length: 300 }, (_, n) => String(n + 1))
    )
  })

  it('a connection that breaks in the middle of the scan: it goes on behind the last row', async () => {
    await erp.table('broken', [id, text], { rows: 3000 })
    const reader = await erp.open({ TableName: 'broken' }, {}, blocksOf(erp))
    const signal = AbortSignal.timeout(20_000)
    const ids: (string | null | undefined)[] = []
    let isBroken = false
    for (let isEnd = false; !isEnd; ) {
      const batch = await retrying(() => reader.read({ limit: 50, lingerMs: 0, signal }))
      ids.push(...batch.items.flatMap(({ value }) => value.after?.['id'] ?? []))
      isEnd = batch.items.at(-1)?.value.marker?.kind === 'end'
      if (isBroken || ids.length < 100) continue
      isBroken = true
      await erp.client.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`
      )
    }
    assert.deepEqual(
      ids,
      Array.from({ length: 3000 }, (_, n) => String(n + 1))
    )
  })
})

const blocksOf = (erp: OdbcErp) => erp.context(undefined, { COURANT_PROGRESS_BLOCK_BYTES: '2000' })

/** As the runner does with what may pass. */
async function retrying<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt()
    } catch (error) {
      if (tries > 5 || !(error instanceof CourantError) || error.verdict !== 'transient') throw error
    }
  }
}

/** 300 rows, one of which is locked the first time it is read. */
async function lockedTable(
  erp: OdbcErp,
  { name, errcode }: { name: string; errcode: string }
): Promise<void> {
  await erp.table(name, [id, text], { rows: 300 })
  await erp.client.query(`
    CREATE SEQUENCE erp_data.touched;
    CREATE FUNCTION erp_data.once(v text, id int) RETURNS text LANGUAGE plpgsql STABLE AS $$
    BEGIN
      IF id = 150 AND nextval('erp_data.touched') = 1 THEN
        RAISE EXCEPTION 'Failure getting record lock on a record' USING errcode = '${errcode}';
      END IF;
      RETURN v;
    END $$;
    DROP VIEW "PUB"."${name}";
    CREATE VIEW "PUB"."${name}" AS
      SELECT id, erp_data.once("nom-v", id)::varchar(20) AS "nom-v" FROM erp_data."${name}"`)
}
