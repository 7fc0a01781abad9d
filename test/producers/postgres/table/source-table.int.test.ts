import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import * as fc from 'fast-check'
import { postgresReader } from '../../../../producers/postgres/postgres-reader.ts'
import { hashRowText, parseRowText, printRowText } from '../../../../producers/postgres/table/row-text.ts'
import { CourantError } from '../../../../runtime/errors.ts'
import type { Environment } from '../../../../runtime/settings.ts'
import { testContext } from '../../../support/context.ts'
import { eventually } from '../../../support/eventually.ts'
import { Reading } from '../../../support/reading.ts'
import { unique } from '../../../support/unique.ts'
import { notes, numberedTable } from '../numbered-table.ts'
import { SourceDatabase, type TableShape, tableOf } from '../source-database.ts'

let source: SourceDatabase
before(async () => {
  source = await SourceDatabase.create()
})
after(() => source.drop())

const sql = (text: string) => source.client.query(text)
const openTable = (name: string, shape: Omit<TableShape, 'ddl'>, env: Environment = {}) =>
  postgresReader(tableOf(name, shape)).open(testContext(source.stateEnv(env)))
const refused =
  (...says: RegExp[]) =>
  (error: unknown) =>
    error instanceof CourantError &&
    error.code === 'SOURCE_REFUSED' &&
    says.every((say) => say.test(error.message))

describe('a table is checked before it is read', () => {
  it('all that is wrong with it is said at once, with what to do', async () => {
    await sql('CREATE TABLE wrong (id int, name text, reset_token text, position int)')
    const shape = { columns: ['id', 'surname', 'reset_token', 'position'], key: ['id'], cursor: 'position' }
    await assert.rejects(
      openTable('wrong', shape),
      refused(
        /no columns surname/,
        /reset_token look like secrets/,
        /not its primary key/,
        /position is of type integer/
      )
    )
  })

  it('a table that is not there is refused', async () => {
    await assert.rejects(openTable('nowhere', notes), refused(/"nowhere" is not in database/))
  })

  it('a key of another kind than the one that was published is refused, and a wider number is not', async () => {
    await sql('CREATE TABLE retyped (id int PRIMARY KEY, text text, updated_at timestamptz)')
    const env = source.stateEnv()
    const opened = async () => (await openTable('retyped', notes, env)).close()
    await opened()
    await sql('ALTER TABLE retyped ALTER id TYPE bigint')
    await opened()
    await sql(`ALTER TABLE retyped ALTER id TYPE uuid USING lpad(id::text, 32, '0')::uuid`)
    const message = /keys of \(id as a number\), and the table now \(id as text\): move this pipeline's file/
    await assert.rejects(opened, { code: 'STATE_UNUSABLE', message })
  })

  it('a view is refused', async () => {
    await sql('CREATE VIEW shown AS SELECT 1 AS id, now() AS updated_at, $$x$$ AS text')
    await assert.rejects(openTable('shown', notes), refused(/it is a view/))
  })

  it('a missing index on the cursor is warned about, with the statement that makes it', async () => {
    await sql(`CREATE TABLE slow_cursor ${notes.ddl}`)
    const context = testContext(source.stateEnv())
    const reader = await postgresReader(tableOf('slow_cursor', notes)).open(context)
    await reader.close()
    assert.match(
      context.warnings.join(),
      /CREATE INDEX CONCURRENTLY ON "public"."slow_cursor" \("updated_at"\)/
    )
  })

  const warningsOf = async (name: string, shape: Omit<TableShape, 'ddl'>) => {
    const context = testContext(source.stateEnv())
    await postgresReader(tableOf(name, shape)).check?.(context)
    return context.warnings.join('\n')
  }
  const keyed = (...key: string[]) => ({ columns: [...key, 'text'], key, cursor: null })

  it('advice to index a key is given only where such an index can be and is not', async () => {
    await sql(`CREATE TABLE coded (code text COLLATE "en_US.utf8" PRIMARY KEY, text text)`).catch(() =>
      sql('CREATE TABLE coded (code text COLLATE "und-x-icu" PRIMARY KEY, text text)')
    )
    assert.match(await warningsOf('coded', keyed('code')), /has the key as "code" COLLATE "C"/)
    await sql('CREATE INDEX ON coded (code COLLATE "C")')
    assert.equal(await warningsOf('coded', keyed('code')), '')
    await sql('CREATE TABLE sized (size numeric PRIMARY KEY, text text)')
    assert.match(await warningsOf('sized', keyed('size')), /\("size"::text\) COLLATE "C"/)
    await sql('CREATE INDEX ON sized ((size::text) COLLATE "C")')
    assert.equal(await warningsOf('sized', keyed('size')), '')
    await sql('CREATE TABLE timed (at timestamptz PRIMARY KEY, text text)')
    const advice = await warningsOf('timed', keyed('at'))
    assert.match(advice, /no index can help: key at is timestamp with time zone.*MODE=log/)
    assert.doesNotMatch(advice, /COLLATE/)
  })

  it('a partitioned table without a key is refused with the statements that mend it, and read after them', async () => {
    await sql(`CREATE TABLE payment (payment_id int NOT NULL, paid date, text text) PARTITION BY RANGE (paid);
      CREATE TABLE payment_1 PARTITION OF payment (PRIMARY KEY (payment_id))
        FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
      INSERT INTO payment VALUES (1, '2026-01-02', 'x')`)
    const shape = { columns: ['payment_id', 'paid', 'text'], key: ['payment_id'], cursor: null }
    let message = ''
    await assert.rejects(openTable('payment', shape), (error) => {
      message = (error as CourantError).message
      return refused(/partitioned by paid/, /write "key": \["paid","payment_id"\]/)(error)
    })
    for (const [statement] of message.matchAll(/CREATE UNIQUE INDEX [^;]*;/g)) await sql(statement)
    const keyedAnew = { ...shape, key: ['paid', 'payment_id'] }
    let more = ''
    await assert.rejects(openTable('payment', keyedAnew), (error) => {
      more = (error as CourantError).message
      return refused(/SET NOT NULL/)(error)
    })
    for (const [statement] of more.matchAll(/ALTER TABLE [^;]*;/g)) await sql(statement)
    const reader = await openTable('payment', keyedAnew)
    const { items } = await reader.read({ limit: 10, lingerMs: 0, signal: AbortSignal.timeout(5000) })
    await reader.close()
    assert.deepEqual(items[0]?.key, '["2026-01-02","1"]')
  })

  it('what only a comparison finds in a large table is warned of, with the log that tells it', async () => {
    await sql('CREATE TABLE large (id int PRIMARY KEY, text text, updated_at timestamptz)')
    await sql('CREATE INDEX ON large (updated_at)')
    assert.equal(await warningsOf('large', notes), '', 'a small one is compared every few seconds')
    await sql('INSERT INTO large SELECT n FROM generate_series(1, 100000) AS n')
    await sql('ANALYZE large')
    assert.match(
      await warningsOf('large', notes),
      /deletes and changed keys, and rows whose updated_at is NULL.*up to 0 s apart: COURANT_POSTGRES_MODE=log/
    )
  })

  it('a wrong password, a missing right and a server that is not there say what to do', async () => {
    await sql(`CREATE TABLE granted ${notes.ddl}`)
    const role = unique('reader').replaceAll('-', '_')
    await sql(`CREATE ROLE ${role} LOGIN PASSWORD 'secret'`)
    const as = { PGUSER: role, PGPASSWORD: 'secret' }
    await assert.rejects(
      openTable('granted', notes, as),
      refused(/GRANT SELECT \(xmin, id, text, updated_at\)/)
    )
    await sql(`GRANT SELECT ON granted TO ${role}`)
    const reader = await openTable('granted', notes, as)
    await sql(`REVOKE SELECT ON granted FROM ${role}`)
    const read = reader.read({ limit: 1, lingerMs: 0, signal: AbortSignal.timeout(5000) })
    await assert.rejects(read, refused(/grant the rights/))
    await reader.close()
    await assert.rejects(
      openTable('granted', notes, { ...as, PGPASSWORD: 'no' }),
      refused(/PGUSER and PGPASSWORD/)
    )
    await assert.rejects(openTable('granted', notes, { PGPORT: '1' }), { code: 'SOURCE_UNAVAILABLE' })
    await sql(`DROP ROLE ${role}`)
  })
})

describe('a connection that fails', () => {
  it('is transient, and the next read goes on where it was', async () => {
    const use = new Reading(await numberedTable(source, notes))
    await use.table.put(new Map([[1, 'a']]))
    const reader = await use.open()
    await use.readToEnd(reader)
    await source.cutReaders()
    await use.table.put(new Map([[2, 'b']]))
    const seen: number[] = []
    await eventually(async () => {
      seen.push(...use.idsOf(await use.readSoon(reader, 10)))
      return seen.length > 0
    })
    assert.deepEqual(seen, [2])
    await use.end()
  })

  it('a query that takes too long is transient, with advice and without values', async () => {
    const table = await numberedTable(source, notes, { COURANT_POSTGRES_STATEMENT_TIMEOUT_MS: '200' })
    await table.put(new Map([[1, 'canary-value']]))
    const use = new Reading(table)
    const reader = await use.open()
    const locker = await source.session()
    await locker.query(`BEGIN; LOCK TABLE "${table.name}" IN ACCESS EXCLUSIVE MODE`)
    await assert.rejects(use.readSoon(reader, 10), (error) => {
      assert.ok(error instanceof CourantError)
      assert.equal(error.code, 'SOURCE_UNAVAILABLE')
      assert.match(error.message, /COURANT_POSTGRES_PAGE_ROWS/)
      return true
    })
    await locker.query('ROLLBACK')
    assert.deepEqual(use.idsOf((await use.readToEnd(reader)).items), [1])
    await use.end()
  })

  it('errors carry no row values', async () => {
    await sql(`CREATE FUNCTION fails(t text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS
      $$ BEGIN RAISE EXCEPTION 'canary-message %', t USING DETAIL = 'canary-detail'; END $$`)
    await sql(`CREATE DOMAIN odd AS text; CREATE CAST (odd AS uuid) WITH INOUT`).catch(() => undefined)
    await sql(`CREATE TABLE failing (id int PRIMARY KEY, text text, updated_at timestamptz)`)
    await sql(`INSERT INTO failing VALUES (1, 'canary-text', now())`)
    const role = unique('limited').replaceAll('-', '_')
    await sql(`CREATE ROLE ${role} LOGIN PASSWORD 'x'; GRANT SELECT ON failing TO ${role}`)
    const reader = await openTable('failing', notes, { PGUSER: role, PGPASSWORD: 'x' })
    await sql(`ALTER TABLE failing ENABLE ROW LEVEL SECURITY`)
    await sql(`CREATE POLICY p ON failing USING (fails(text) = '')`)
    const read = reader.read({ limit: 1, lingerMs: 0, signal: AbortSignal.timeout(5000) })
    await assert.rejects(read, (error) => {
      assert.ok(error instanceof CourantError)
      assert.doesNotMatch(JSON.stringify(error) + error.message + String(error.cause), /canary/)
      return true
    })
    await reader.close()
    await sql(`DROP OWNED BY ${role}; DROP ROLE ${role}`)
  })
})

describe('values', () => {
  it('are the text the source prints, whatever the type, and hidden columns never leave it', async () => {
    const shape: TableShape = {
      ddl: `(id bigint PRIMARY KEY, amount numeric, ratio float8, at timestamptz, day date, span interval, data bytea,
        flags boolean, tags text[], doc jsonb, padded char(4), password text)`,
      columns: ['id', 'amount', 'ratio', 'at', 'day', 'span', 'data', 'flags', 'tags', 'doc', 'padded'],
      key: ['id'],
      cursor: null
    }
    const { name, spec } = await source.table(shape)
    await sql(`INSERT INTO "${name}" VALUES (9007199254740993, 12.3400, 0.1::float8 + 0.2, '2026-03-29 02:30:00.000001+02',
      '2026-01-02', '1 mon 2 h', '\\xDEAD', true, '{a,"b c",NULL}', '{"a": [1, null]}', 'ab', 'canary-password-1')`)
    const reader = await spec.open(testContext(source.stateEnv()))
    const { items } = await reader.read({ limit: 10, lingerMs: 0, signal: AbortSignal.timeout(5000) })
    await reader.close()
    assert.deepEqual(items[0]?.value.after, {
      id: '9007199254740993',
      amount: '12.3400',
      ratio: '0.30000000000000004',
      at: '2026-03-29 00:30:00.000001+00',
      day: '2026-01-02',
      span: 'P1MT2H',
      data: '\\xdead',
      flags: 't',
      tags: '{a,"b c",NULL}',
      doc: '{"a": [1, null]}',
      padded: 'ab  '
    })
    assert.equal(items[0].key, '9007199254740993')
    assert.doesNotMatch(JSON.stringify(items), /canary/)
  })

  it('a row’s text is parsed, printed and hashed as the server does', async () => {
    const character = fc.oneof(
      fc.constantFrom('"', '\\', ',', '(', ')', ' ', '\n', '\u00a0', '\u2028', 'é', '😀'),
      fc.string({ minLength: 1, maxLength: 1 }).filter((c) => c !== '\0')
    )
    const value = fc.option(fc.array(character, { maxLength: 6 }).map((characters) => characters.join('')))
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: 2, maxLength: 4 }), async (values) => {
        const columns = values.map((_, i) => `$${i + 1}::text`).join(', ')
        const hash = `('x' || left(md5(r), 13))::bit(52)::bigint::text`
        const { rows } = await source.client.query(
          `SELECT r, ${hash} AS hash FROM (SELECT ROW(${columns})::text AS r) AS t`,
          values
        )
        assert.deepEqual(parseRowText(rows[0].r, values.length), values)
        assert.equal(printRowText(values), rows[0].r)
        assert.equal(String(hashRowText(rows[0].r)), rows[0].hash)
      }),
      { numRuns: 300 }
    )
  })
})
