import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import type { CourantError } from '../../../runtime/errors.ts'
import { tables } from '../../../schemas/tables.ts'
import { lineageOf } from '../../../sinks/gold/lineage.ts'
import { compareWithSilver, rebuildFromSilver } from '../../../sinks/gold/rebuild.ts'
import { loadRates } from '../../../sinks/gold/rates.ts'
import type { ChangeItem } from '../../../sinks/gold/state/kept-table.ts'
import { keptTables } from '../../../sinks/gold/state/kept-tables.ts'
import { viewName } from '../../../schemas/view-names.ts'
import { topicsOf } from '../../../topics/catalogue.ts'
import { share } from '../../../topics/connection.ts'
import { memoryTopics } from '../../support/memory-topics.ts'
import { GoldWorld } from './gold-world.ts'
import { firstDay, happenings, itemsOf } from './happenings.ts'
import { goldOf } from './oracle.ts'

const options = { numRuns: 6, interruptAfterTimeLimit: 90_000, verbose: true } as const
const allDays = { first: firstDay - 1, last: firstDay + 6 }

describe('Gold and Silver', () => {
  it('agree: the same models over Silver files give the rows that Gold computed step by step', async () => {
    const runs = fc.asyncProperty(happenings, fc.nat(4), async (list, shift) => {
      await inWorld(async (world) => {
        const items = itemsOf(list)
        const half = items.length >> 1
        for (const part of [items.slice(0, half), items.slice(half)]) {
          await world.writeSilver(part)
          await world.writeGold(part)
        }
        const { settings } = world.context
        const published = await world.published()
        assert.deepEqual(published, goldOf(list, loadRates(settings)))
        const someDays = { first: firstDay + shift, last: firstDay + shift }
        for (const days of [allDays, someDays])
          for (const { table, missing, surplus } of await compareWithSilver(settings, days))
            assert.deepEqual({ table, missing, surplus }, { table, missing: 0, surplus: 0 })
        await rebuildFromSilver(settings, someDays)
        assert.deepEqual(await world.published(), published)
      })
    })
    await fc.assert(runs, options)
  })

  it('are both there for an analyst: every change, the newest rows, and which offsets each file holds', async () => {
    await inWorld(async (world) => {
      const list = fc.sample(happenings, { numRuns: 1, seed: 3 })[0] ?? []
      const items = itemsOf(list)
      await world.writeSilver(items)
      await world.writeGold(items)
      const newest = new Map(items.map((item) => [`${item.topic} ${item.key}`, item]))
      for (const { table } of keptTables) {
        const own = (item: ChangeItem) => item.topic === topicsOf(table).clean.name
        const alive = [...newest.values()].filter((item) => own(item) && item.value.after !== null)
        const view = viewName(table)
        assert.equal(await world.count(`silver.${view}_history`), items.filter(own).length, table.name)
        assert.equal(await world.count(`silver.${view}`), alive.length, table.name)
      }
      assert.equal(await world.count('silver.groups'), 0)
      const next = Map.groupBy(items, ({ topic, partition }) => `${topic}/${partition}`)
      assert.equal(await world.count('lineage.offsets'), next.size)
      assert.ok((await world.count('lineage.silver_files')) > 0)
      assert.equal(
        await world.count(`quality.checks WHERE table_name = 'users'`),
        0,
        'nothing was compacted yet'
      )
    })
  })

  it('say that Silver is behind, and a rebuild takes nothing from Gold that Silver has not got yet', async () => {
    await inWorld(async (world) => {
      const { connection } = await memoryTopics()
      const { settings } = world.context
      share(settings, connection)
      const items = itemsOf(fc.sample(happenings, { numRuns: 1, seed: 7 })[0] ?? [])
      const { name } = topicsOf(tables.userSessionEvents).clean
      const isEvent = ({ topic }: ChangeItem) => topic === name
      await world.writeSilver(items.filter((item) => !isEvent(item)))
      await world.writeGold(items)
      const before = await world.published()
      const isBehind = (error: CourantError) => {
        assert.equal(error.code, 'SILVER_BEHIND')
        assert.match(error.message, /wait until silver\.user-session-events have caught up/)
        return true
      }
      await assert.rejects(compareWithSilver(settings, allDays), isBehind)
      await assert.rejects(rebuildFromSilver(settings, allDays), isBehind)
      assert.deepEqual(await world.published(), before)
      // All of them but the last, and then the group says that this one is no row of Silver.
      await world.writeSilver(items.filter(isEvent).slice(0, -1))
      await assert.rejects(rebuildFromSilver(settings, allDays), isBehind)
      const admin = await connection.kafka.admin()
      const next = (partition: number) =>
        1 +
        Math.max(
          -1,
          ...items.filter((item) => isEvent(item) && item.partition === partition).map(({ offset }) => offset)
        )
      await admin.setCommitted(
        `silver.${tables.userSessionEvents.name}`,
        [0, 1, 2].map((partition) => ({ topic: name, partition, offset: next(partition) }))
      )
      await rebuildFromSilver(settings, allDays)
    })
  })

  it('differ when rows are lost, and a rebuild brings them back', async () => {
    await inWorld(async (world) => {
      const list = fc.sample(happenings, { numRuns: 1, seed: 7 })[0] ?? []
      const items = itemsOf(list)
      await world.writeSilver(items)
      await world.writeGold(items.filter(({ topic }) => !topic.includes('session')))
      const { settings } = world.context
      const differences = await compareWithSilver(settings, allDays)
      assert.ok(differences.some(({ missing }) => missing > 0))
      await rebuildFromSilver(settings, allDays)
      assert.deepEqual(await world.published(), goldOf(list, loadRates(settings)))
    })
  })

  it('survive the loss of the computed database: it is computed again from what was kept', async () => {
    await inWorld(async (world) => {
      const list = fc.sample(happenings, { numRuns: 1, seed: 5 })[0] ?? []
      await world.writeGold(itemsOf(list))
      rmSync(join(world.folder, 'gold', 'gold.duckdb'))
      await world.writeGold([])
      assert.deepEqual(await world.published(), goldOf(list, loadRates(world.context.settings)))
    })
  })

  it('are joined by lineage: each origin of a row is in the Silver file it names', async () => {
    await inWorld(async (world) => {
      const list = fc.sample(happenings, { numRuns: 1, seed: 11 })[0] ?? []
      const items = itemsOf(list)
      await world.writeSilver(items)
      await world.writeGold(items)
      const [row] = (await world.published()).global_user_activity_per_day
      assert.ok(row)
      const [userId = '', date = ''] = row.split('|')
      const day = Date.parse(date) / 86_400_000
      const origins = await lineageOf(world.context.settings, { userId, day })
      assert.ok(origins.length > 0)
      for (const { topic, partition, offset, file } of origins) {
        assert.ok(file, 'every record is in Silver')
        assert.ok(
          items.some((item) => item.topic === topic && item.partition === partition && item.offset === offset)
        )
        const path = `${world.context.settings.text({ env: 'COURANT_LAKE_URL', describe: '' })}/${file}`
        const sql = `SELECT count(*) FROM read_parquet('${path}') WHERE _partition = ${partition} AND _offset = ${offset}`
        const count = await world.analyse(async (connection) =>
          (await connection.runAndReadAll(sql)).getRowsJson()
        )
        assert.deepEqual(count, [['1']])
      }
    })
  })
})

async function inWorld(action: (world: GoldWorld) => Promise<void>): Promise<void> {
  const world = new GoldWorld()
  try {
    await action(world)
    assert.deepEqual(world.context.warnings, [])
  } finally {
    world.remove()
  }
}
