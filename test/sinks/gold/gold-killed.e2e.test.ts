import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { loadRates } from '../../../sinks/gold/rates.ts'
import { GoldWorld } from './gold-world.ts'
import { longList } from './long-log.ts'
import { goldOf } from './oracle.ts'

const rounds = 8

describe('Gold, killed with -9', () => {
  it(`gives the same rows after ${rounds} kills as without any`, { timeout: 300_000 }, async (t) => {
    const seed = Date.now() % 1_000_000
    t.diagnostic(`seed ${seed}`)
    const world = new GoldWorld()
    try {
      for (let round = 0; round < rounds; round++) {
        const child = start(seed, world.folder)
        await batches(child, 1 + ((seed + round * 7) % 9))
        child.kill('SIGKILL')
        if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      }
      const last = start(seed, world.folder)
      last.stdout?.resume()
      assert.deepEqual(await once(last, 'exit'), [0, null])
      assert.deepEqual(await world.published(), goldOf(longList(seed), loadRates(world.context.settings)))
    } finally {
      world.remove()
    }
  })
})

function start(seed: number, folder: string): ChildProcess {
  const script = join(import.meta.dirname, 'gold-process.ts')
  return spawn(process.execPath, [script, String(seed), folder], { stdio: ['ignore', 'pipe', 'inherit'] })
}

/** Waits for so many batches, or the end of the process. */
function batches(child: ChildProcess, wanted: number): Promise<void> {
  return new Promise((resolve) => {
    let seen = 0
    child.once('exit', () => resolve())
    child.stdout?.on('data', (chunk: Buffer) => {
      seen += chunk.toString().split('\n').length - 1
      if (seen >= wanted) resolve()
    })
  })
}
