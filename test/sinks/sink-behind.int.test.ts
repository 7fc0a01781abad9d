import assert from 'node:assert/strict'
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { goldPipeline } from '../../sinks/gold/index.ts'
import { ledgerName } from '../../sinks/lake/folder-ledger.ts'
import { SinkWorld, sinks } from './sink-world.ts'

describe('a sink that is behind its consumer group', () => {
  for (const sink of sinks) {
    const { name } = sink.pipeline

    it(`reads what went to another folder again: ${name} after its address was misspelt`, async () => {
      const world = await SinkWorld.begin(sink)
      await world.write(0, 60)
      assert.equal(await world.run(), 60)
      await world.write(60, 80)
      const misspelt = Object.fromEntries(
        Object.entries(world.env).map(([key, value]) => [key, value.replace(/(lake|gold|duckdb)$/, '$1e')])
      )
      assert.equal(await world.run(misspelt), 80, 'a new folder is filled from the beginning')
      assert.equal(await sink.stored(world.env), 60)
      await world.write(80, 90)
      assert.equal(await world.run(), 90, 'nothing is missing')
    })

    it(`reads on from where it was put back to: ${name} restored from an earlier copy`, async () => {
      const world = await SinkWorld.begin(sink)
      const folder = folderOf(world)
      await world.write(0, 40)
      await world.run()
      cpSync(folder, `${folder}-copy`, { recursive: true })
      await world.write(40, 70)
      assert.equal(await world.run(), 70)
      rmSync(folder, { recursive: true })
      cpSync(`${folder}-copy`, folder, { recursive: true })
      assert.equal(await sink.stored(world.env), 40)
      await world.write(70, 75)
      assert.equal(await world.run(), 75)
    })

    it(`says nothing of it where there is nothing to say: ${name} after records that were passed over`, async () => {
      const world = await SinkWorld.begin(sink)
      await world.write(0, 40)
      await world.write(30, 40)
      await world.run()
      await world.run()
      assert.deepEqual(world.warnings(), [])
    })
  }

  for (const sink of sinks.filter(({ pipeline }) => pipeline !== goldPipeline))
    it(`is known from then on of a lake from before that was noted: ${sink.pipeline.name}`, async () => {
      const world = await SinkWorld.begin(sink)
      await world.write(0, 40)
      await world.run()
      withoutOffsets(world)
      assert.equal(await world.run(), 40)
      assert.equal(world.counted('lake_rows_known_total'), 0, 'nothing was read again')
      await world.write(40, 60)
      assert.equal(await world.run({ COURANT_LAKE_URL: `${folderOf(world)}-other` }), 60)
      assert.equal(await world.run(), 60)
    })
})

const folderOf = ({ sink, env }: SinkWorld): string =>
  env[sink.pipeline === goldPipeline ? 'COURANT_GOLD_DIR' : 'COURANT_LAKE_URL'] ?? ''

/** As version 0.1 left it: the topic is noted, its offsets are not. */
function withoutOffsets(world: SinkWorld): void {
  const [layer = '', table = ''] = world.sink.pipeline.name.split('.')
  const file = join(folderOf(world), ledgerName(`${layer}/${table}`))
  const entries = JSON.parse(readFileSync(file, 'utf8')) as Record<string, { next?: unknown }>
  for (const entry of Object.values(entries)) delete entry.next
  writeFileSync(file, JSON.stringify(entries))
}
