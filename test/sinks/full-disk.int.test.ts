import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { goldPipeline } from '../../sinks/gold/index.ts'
import { eventually } from '../support/eventually.ts'
import { type SmallDisk, smallDisk } from '../support/small-disk.ts'
import { SinkWorld, sinks } from './sink-world.ts'

const probe = smallDisk(1)
probe?.remove()
const skip = probe === null && 'mounting a small file system is not permitted here'

describe('a full disk', { skip }, () => {
  for (const sink of sinks)
    for (const [what, setting, folder] of foldersOf(sink.pipeline.name))
      it(`under ${what} of ${sink.pipeline.name} is waited for: nothing is lost and nothing doubled once there is room`, async (t) => {
        const disk = smallDisk(12)
        assert.ok(disk)
        t.after(() => disk.remove())
        const world = await SinkWorld.begin(sink)
        const env = { [setting]: join(disk.folder, folder) }
        await world.write(0, 150)
        await whileFull(disk, world, env)
        assert.equal(await sink.stored({ ...world.env, ...env }), 150, 'from the first moment on')
        await world.write(150, 400)
        await whileFull(disk, world, env)
        assert.equal(await sink.stored({ ...world.env, ...env }), 400, 'in the middle of a log')
        const published: Record<string, string> = { ...world.env, ...env }
        if (sink.pipeline === goldPipeline) assert.ok(existsSync(published['COURANT_ANALYTICS_PATH'] ?? ''))
      })
})

function foldersOf(pipeline: string): [what: string, setting: string, folder: string][] {
  return pipeline === goldPipeline.name
    ? [
        ['the folder', 'COURANT_GOLD_DIR', 'gold'],
        ['the published file', 'COURANT_ANALYTICS_PATH', 'analytics.duckdb']
      ]
    : [['the lake', 'COURANT_LAKE_URL', 'lake']]
}

/** Runs the sink on a full disk until it says so, and to the end once there is room. */
async function whileFull(disk: SmallDisk, world: SinkWorld, env: Record<string, string>): Promise<void> {
  const before = world.warnings().length
  disk.fill()
  const running = world.run(env)
  try {
    await eventually(() => world.warnings().length > before, { what: 'that a full disk is said' })
  } finally {
    disk.empty()
  }
  await running
}
