import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { testContext } from '../../../support/context.ts'
import { SourceDatabase } from '../source-database.ts'

let source: SourceDatabase
before(async () => {
  source = await SourceDatabase.create()
})
after(() => source.drop())

const sql = (text: string) => source.client.query(text)

/** A table of key `id`, and what the mode log says against it at its start. */
async function ownTable(ddl: string) {
  const columns = ['id', 'text', 'updated_at']
  const { name, spec } = await source.table({ ddl, columns, key: ['id'], cursor: 'updated_at' })
  const refusal = async () => {
    const reader = await spec.open(testContext(source.stateEnv({ COURANT_POSTGRES_MODE: 'log' })))
    try {
      await reader.read({ limit: 1, lingerMs: 0, signal: AbortSignal.timeout(5000) })
      return 'none'
    } catch (error) {
      return (error as Error).message
    } finally {
      await reader.close()
    }
  }
  const checked = async () => {
    try {
      await spec.check?.(testContext(source.stateEnv({ COURANT_POSTGRES_MODE: 'log' })))
      return 'none'
    } catch (error) {
      return (error as Error).message
    }
  }
  return { name, refusal, checked }
}

describe('a table that the log is to be read of', () => {
  it('can be updated by its application whatever its primary key is', async () => {
    const { name, refusal } = await ownTable(
      '(tenant int, id int NOT NULL UNIQUE, text text, updated_at timestamptz, PRIMARY KEY (tenant, id))'
    )
    await sql(`INSERT INTO "${name}" VALUES (1, 1, 'one', now())`)
    assert.match(await refusal(), /REPLICA IDENTITY USING INDEX "table-\w+_id_key"/)
    await sql(`UPDATE "${name}" SET text = 'two'`)
    await sql(`ALTER TABLE "${name}" REPLICA IDENTITY USING INDEX "${name}_id_key"`)
    assert.equal(await refusal(), 'none')
    await sql(`UPDATE "${name}" SET text = 'three'`)
    // What was fit when it was published may cease to be.
    await sql(`ALTER TABLE "${name}" REPLICA IDENTITY DEFAULT`)
    await assert.rejects(sql(`UPDATE "${name}" SET text = 'four'`), /cannot update table/)
    const [publication] = /DROP PUBLICATION \w+/.exec(await refusal()) ?? []
    await sql(String(publication))
    await sql(`UPDATE "${name}" SET text = 'four'`)
  })

  it('is refused without an identity, or when that is the whole row or lacks the key', async () => {
    const none = await ownTable('(id int NOT NULL UNIQUE DEFERRABLE, text text, updated_at timestamptz)')
    assert.match(await none.refusal(), /must have the key \("id"\)/)
    const ddl = '(id int PRIMARY KEY, text text NOT NULL UNIQUE, updated_at timestamptz)'
    const { name, refusal } = await ownTable(ddl)
    for (const identity of ['FULL', 'NOTHING', `USING INDEX "${name}_text_key"`]) {
      await sql(`ALTER TABLE "${name}" REPLICA IDENTITY ${identity}`)
      assert.match(await refusal(), /ALTER TABLE "table-\w+" REPLICA IDENTITY DEFAULT/, identity)
    }
    const { rows } = await sql('SELECT pubname FROM pg_publication_tables')
    assert.ok(rows.every(({ pubname }) => !pubname.includes(name.replaceAll('-', '_'))))
  })

  it('is refused for one of its partitions too', async () => {
    const ddl = '(id int PRIMARY KEY, text text, updated_at timestamptz) PARTITION BY RANGE (id)'
    const { name, refusal } = await ownTable(ddl)
    await sql(`CREATE TABLE "${name} 1" PARTITION OF "${name}" FOR VALUES FROM (0) TO (9)`)
    assert.equal(await refusal(), 'none')
    await sql(`ALTER TABLE "${name} 1" REPLICA IDENTITY FULL`)
    assert.match(await refusal(), /ALTER TABLE "table-\w+ 1" REPLICA IDENTITY DEFAULT/)
  })

  it('is refused where the log has nothing of it or of a column, which the check says before', async () => {
    const generated = await ownTable(
      '(id int PRIMARY KEY, "full-text" text, text text GENERATED ALWAYS AS ("full-text") STORED, updated_at date)'
    )
    assert.match(await generated.checked(), /nothing of its generated columns text: leave them out, or poll/)
    assert.match(await generated.refusal(), /nothing of its generated columns text/)
    const { name, refusal, checked } = await ownTable('(id int PRIMARY KEY, text text, updated_at date)')
    assert.equal(await checked(), 'none')
    await sql(`ALTER TABLE "${name}" SET UNLOGGED`)
    assert.match(await checked(), /it is unlogged/)
    assert.match(await refusal(), /it is unlogged/)
  })
})
