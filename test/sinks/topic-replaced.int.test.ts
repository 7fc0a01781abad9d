import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { describe, it } from 'node:test'
import { goldPipeline } from '../../sinks/gold/index.ts'
import { stateFile } from '../../sinks/gold/state/gold-state.ts'
import { SinkWorld, sinks } from './sink-world.ts'

describe('a topic that was made anew', () => {
  for (const sink of sinks) {
    const { name } = sink.pipeline

    it(`is not taken for the old one by ${name}, which drops none of its records`, async () => {
      const world = await SinkWorld.begin(sink)
      await world.write(0, 60)
      assert.equal(await world.run(), 60)
      await world.makeAnew()
      // More than before, and fewer: neither end of the log tells.
      for (const [from, to] of [
        [1000, 1040],
        [1040, 1100]
      ] as const) {
        await world.write(from, to)
        await assert.rejects(world.run(), { code: 'TOPIC_REPLACED' })
        assert.equal(await sink.stored(world.env), 60)
      }
    })

    it(`is read from its beginning by ${name} once that is confirmed, and what was stored stays`, async () => {
      const world = await SinkWorld.begin(sink)
      await world.write(0, 60)
      await world.run()
      await world.makeAnew()
      await world.write(1000, 1040)
      assert.equal(await world.confirmed(), 100)
      await world.write(1040, 1045)
      assert.equal(await world.run(), 105)
      assert.equal(await world.confirmed(), 105, 'confirmed once more, the same topic stays the same')
      await world.makeAnew()
      await world.write(2000, 2003)
      await assert.rejects(world.run(), { code: 'TOPIC_REPLACED' })
      assert.equal(await world.confirmed(), 108)
    })

    it(`is known by ${name} though its data was stored before topics were noted`, async () => {
      const world = await SinkWorld.begin(sink)
      await world.write(0, 60)
      await world.run()
      await sink.forget(world.env)
      await world.write(60, 70)
      assert.equal(await world.run(), 70)
      await world.makeAnew()
      await world.write(1000, 1100)
      await assert.rejects(world.run(), { code: 'TOPIC_REPLACED' })
    })
  }

  it('is not taken for the old one by Gold though its offsets were stored before topics were noted', async () => {
    const gold = sinks.find(({ pipeline }) => pipeline === goldPipeline)
    assert.ok(gold)
    const world = await SinkWorld.begin(gold)
    await world.write(0, 60)
    await world.run()
    await gold.forget(world.env)
    await world.makeAnew()
    await world.write(1000, 1010)
    await assert.rejects(world.run(), { code: 'OFFSET_LOST' })
    await world.write(1010, 1100)
    assert.ok(existsSync(stateFile(world.env['COURANT_GOLD_DIR'] ?? '')))
    assert.equal(await world.confirmed(), 160)
  })
})
