import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { changeErp, fillErp } from '../../local/sample/erp/create-erp.ts'
import { randomFrom } from '../../local/sample/random.ts'
import { CourantProcess } from '../support/courant-process.ts'
import { eventually } from '../support/eventually.ts'
import { withoutOdbc } from '../support/odbc-erp.ts'
import { historyProblems } from './ods-history.ts'
import { type OdsWorld, startOdsWorld } from './ods-world.ts'

const table = 'client'
const rows = 3000
const killsEach = 10
/** Of a table that is followed; each takes longer, since nobody but its process brings it up to date. */
const killsWhileFollowed = 6
/** How long after a change a watch is done with it, roughly: kills fall within it. */
const followedWithinMs = 4000
const seed = process.env['COURANT_TEST_SEED'] ?? String(Date.now())
const random = randomFrom(seed)

const texts = ['num-cli', 'nom-v', 'dat-crea', 'date-modif', 'qte-294', 'nb-290', 'txt-287']
const decimals = ['solde', 'tx-288']

const victims = ['process', 'broker', 'ODS'] as const
type Victim = (typeof victims)[number]

describe(`loads that are killed, COURANT_TEST_SEED=${seed}`, { skip: withoutOdbc }, () => {
  let world: OdsWorld

  before(async () => {
    world = await startOdsWorld(table)
    await fillErp(world.erp, table, { to: rows })
    await ended(started(world.loader(table, 'full')))
  })
  after(() => world.close())

  for (const mode of ['full', 'incremental'])
    it(`ten ${mode} loads, killed -9 at random moments: the ODS equals the source each time`, async (t) => {
      const undisturbedMs = await undisturbed(mode)
      t.diagnostic(`an undisturbed load takes ${(undisturbedMs / 1000).toFixed(1)} s`)
      const first = random.int(victims.length)
      for (let round = 0; round < killsEach; round++) {
        await changeSource(mode, round)
        const victim = victims[(round + first) % victims.length] as Victim
        const afterMs = Math.round(random.next() * undisturbedMs)
        t.diagnostic(`round ${round}: kill -9 the ${victim} after ${afterMs} ms`)
        await loadKilled(mode, victim, afterMs)
        await sameRows()
        await soundHistory()
        await trueLog()
      }
    })

  it(`follows a table that changes, killed -9 ${killsWhileFollowed} times at random moments`, async (t) => {
    const watch = started(world.watcher(table))
    const first = random.int(victims.length)
    for (let round = 0; round < killsWhileFollowed; round++) {
      await changeSource('incremental', round)
      const victim = victims[(round + first) % victims.length] as Victim
      const afterMs = Math.round(random.next() * followedWithinMs)
      t.diagnostic(`round ${round}: kill -9 the ${victim} after ${afterMs} ms`)
      await wait(afterMs)
      if (victim === 'process') {
        await watch.end('SIGKILL')
        watch.start()
      } else await killServer(victim)
      await followed(watch)
      await soundHistory()
    }
    // One that was started last may still be loading its code: only what it follows shows that it listens.
    await changeSource('incremental', killsWhileFollowed)
    await followed(watch)
    assert.equal(await watch.end('SIGTERM'), 0, watch.output().slice(-3000))
    await ended(started(world.loader(table, 'incremental')))
    await trueLog()
  })

  it('every hash of the ODS is the one of its row at the source', async () => {
    const validate = new CourantProcess('validate', {
      args: ['etl', 'validate', '--filter', table],
      env: { ...world.env, COURANT_ETL_REPORTS_DIR: `${world.env['COURANT_DATA_DIR']}/reports` },
      logFile: `${world.env['COURANT_DATA_DIR']}/logs/validate.log`
    })
    await ended(started(validate))
  })

  /** How long a load takes that nobody disturbs: kills fall within it. */
  async function undisturbed(mode: string): Promise<number> {
    await changeSource(mode, killsEach)
    const begunAt = performance.now()
    await ended(started(world.loader(table, mode)))
    return performance.now() - begunAt
  }

  /** Changes a part of the rows; a full load also has rows that went, came and came back. */
  async function changeSource(mode: string, round: number): Promise<void> {
    await changeErp(world.erp, table, { every: 4, round })
    if (mode !== 'full') return
    await fillErp(world.erp, table, { to: rows + round * 10 })
    await world.erp.query(`DELETE FROM erp_data."${table}" WHERE "num-cli" % 97 = $1`, [round])
  }

  async function loadKilled(mode: string, victim: Victim, afterMs: number): Promise<void> {
    const load = started(world.loader(table, mode))
    await wait(afterMs)
    if (victim === 'process') {
      const code = await load.end('SIGKILL')
      // It may have been done by then; otherwise somebody starts it again.
      if (code !== 0) await ended(started(world.loader(table, mode)))
      return
    }
    await killServer(victim)
    await ended(load)
  }

  async function killServer(victim: 'broker' | 'ODS'): Promise<void> {
    const server = victim === 'broker' ? world.kafka : world.odsServer
    await server.kill('SIGKILL')
    await wait(random.next() * 1500)
    await server.restart()
  }

  /** Waits until the ODS equals the source; a watch that ended by itself fails. */
  async function followed(watch: CourantProcess): Promise<void> {
    const same = async () => {
      await sameRows()
      return true
    }
    await eventually(() => !watch.isRunning || same(), { timeoutMs: 90_000, what: 'the ODS as the source' })
    assert.ok(watch.isRunning, watch.output().slice(-3000))
  }

  /** Columns of every type as text, in the ODS and at the source. */
  async function sameRows(): Promise<void> {
    const selected = (sqlName: (name: string) => string) =>
      [
        ...texts.map((name) => `${sqlName(name)}::text`),
        ...decimals.map((name) => `trim_scale(${sqlName(name)})::text`)
      ].join(', ')
    const source = await world.erp.query({
      text: `SELECT ${selected((name) => `"${name}"`)} FROM "PUB"."${table}" ORDER BY "num-cli"`,
      rowMode: 'array'
    })
    const stored = await world.ods.query({
      text: `SELECT ${selected((name) => name.replaceAll('-', '_'))}
             FROM ods.${table} WHERE is_current = 1 AND is_deleted = 0 ORDER BY num_cli`,
      rowMode: 'array'
    })
    assert.equal(stored.rows.length, source.rows.length)
    assert.deepEqual(stored.rows, source.rows)
  }

  async function soundHistory(): Promise<void> {
    const { rows: versions } = await world.ods.query(
      `SELECT row_key AS key, encode(hashdiff, 'hex') AS hash, valid_from::text AS "validFrom",
         valid_to::text AS "validTo", is_current = 1 AS "isCurrent", is_deleted = 1 AS "isDeleted"
       FROM ods.${table}`
    )
    assert.deepEqual(historyProblems(versions), [])
  }

  /** Every run of the log has ended, and the ODS has just the versions that the log says it wrote. */
  async function trueLog(): Promise<void> {
    const { rows: wrong } = await world.ods.query(
      `SELECT l.RunId, l.Status, l.ErrorCode, l.RowsInserted, l.RowsUpdated, l.RowsDeleted, count(v.row_key) AS versions
       FROM etl.ETL_Runs AS l LEFT JOIN ods.${table} AS v ON v.run_id = l.RunId
       GROUP BY l.RunId, l.TableName
       HAVING l.Status = 'running'
         OR (l.Status = 'failed' AND (count(v.row_key) > 0 OR l.ErrorCode IS NULL))
         OR (l.Status = 'succeeded' AND count(v.row_key) <> l.RowsInserted + l.RowsUpdated + l.RowsDeleted)`
    )
    assert.deepEqual(wrong, [])
    const { rows: unlogged } = await world.ods.query(
      `SELECT DISTINCT run_id FROM ods.${table} WHERE run_id NOT IN (SELECT RunId FROM etl.ETL_Runs)`
    )
    assert.deepEqual(unlogged, [])
  }
})

function started(load: CourantProcess): CourantProcess {
  load.start()
  return load
}

async function ended(load: CourantProcess): Promise<void> {
  assert.equal(await load.ended(), 0, load.output().slice(-3000))
}
