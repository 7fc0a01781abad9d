import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { settingsFrom } from '../../../runtime/settings.ts'
import { objectStoreFor } from '../../../runtime/object-store/object-store-for.ts'
import { sharedStack } from '../../support/stack.ts'
import { unique } from '../../support/unique.ts'
import { chainViolations } from './chain-violations.ts'
import { cleanChange, place, sampleTable } from './sample-log.ts'
import { bronzeRows, placesOf, silverRows } from './stored-rows.ts'

const root = mkdtempSync(join(tmpdir(), 'courant-lake-killed-'))
after(() => rmSync(root, { recursive: true, force: true }))

const rows = 12_000
const rounds = 10

const stores = {
  'a folder': () => ({ COURANT_LAKE_URL: join(root, unique('lake')) }),
  MinIO: () => ({ ...sharedStack('minio'), COURANT_LAKE_URL: `s3://${unique('lake')}` })
}
const read = { bronze: bronzeRows, silver: silverRows }

interface Log {
  readonly what: string
  /** Lines that a writer prints, one a batch, before it is killed. */
  readonly linesIn: (round: number) => number
  readonly env: Readonly<Record<string, string>>
  readonly args: readonly string[]
}

const logs: readonly Log[] = [
  { what: 'a log', linesIn: (round) => 1 + (round % 3), env: {}, args: [] },
  {
    what: 'a backlog that lies spread, and is kept back,',
    // Some ten batches are kept back before they are written: kills come while they are, and while they are written.
    linesIn: (round) => 4 + ((round * 5) % 13),
    env: { COURANT_LAKE_BATCH_ROWS: '200', COURANT_LAKE_KEPT_ROWS: '1500' },
    args: ['spread']
  }
]

for (const [where, storeEnv] of Object.entries(stores))
  for (const sink of ['bronze', 'silver'] as const)
    describe(`${sink} in ${where}`, () => {
      for (const log of logs) killed(log, { sink, storeEnv })
    })

function killed(
  log: Log,
  { sink, storeEnv }: { sink: 'bronze' | 'silver'; storeEnv: () => Record<string, string> }
): void {
  it(`holds each change of ${log.what} once after ${rounds} kills of one or two writers`, async (t) => {
    // Compaction runs beside all the time and removes parts at once.
    const lake = {
      COURANT_LAKE_COMPACT_MS: '150',
      COURANT_LAKE_COMPACT_PARTS: '6',
      COURANT_LAKE_GRACE_MS: '4000'
    }
    const env = { ...process.env, ...storeEnv(), ...lake, ...log.env }
    const positions = join(root, unique('positions'))
    const start = (): ChildProcess =>
      spawn(
        process.execPath,
        [join(import.meta.dirname, 'writing-process.ts'), sink, positions, String(rows), ...log.args],
        {
          env,
          stdio: ['ignore', 'pipe', 'inherit']
        }
      )
    let cut = 0
    for (let round = 0; round < rounds; round++) {
      // In every other round two write at once, as when a group gives partitions to another before the first stops.
      const writers = round % 2 === 0 ? [start()] : [start(), start()]
      const linesWanted = log.linesIn(round)
      await Promise.all(writers.map((writer) => linesOf(writer, linesWanted)))
      for (const writer of writers) {
        if (writer.exitCode === null) cut++
        writer.kill('SIGKILL')
        if (writer.exitCode === null) await once(writer, 'exit')
      }
    }
    t.diagnostic(`${cut} writers were killed in the middle`)
    assert.ok(cut >= rounds / 2, 'the log was too short to be killed')
    const last = start()
    const [exitCode] = (await once(last, 'exit')) as [number]
    assert.equal(exitCode, 0)

    const store = await objectStoreFor(settingsFrom(env))
    const found = placesOf(await read[sink](store, sampleTable.name))
    const expected = Array.from({ length: rows }, (_, n) => place(cleanChange(n)))
    assert.deepEqual(
      (await chainViolations(store, `${sink}/${sampleTable.name}`, { found, expected })).slice(0, 5),
      []
    )
  })
}

for (const sink of ['bronze', 'silver'] as const)
  it(`${sink} in a folder holds each change once when a writer is stopped, another takes over and compacts, and it wakes`, async () => {
    const lake = {
      COURANT_LAKE_COMPACT_MS: '100',
      COURANT_LAKE_COMPACT_PARTS: '4',
      COURANT_LAKE_GRACE_MS: '300'
    }
    const env = { ...process.env, ...stores['a folder'](), ...lake }
    const sleeper = { positions: join(root, unique('positions')), total: 3000 }
    const start = (positions: string) =>
      spawn(process.execPath, [join(import.meta.dirname, 'writing-process.ts'), sink, positions, '3000'], {
        env,
        stdio: ['ignore', 'pipe', 'inherit']
      })
    const stopped = start(sleeper.positions)
    await linesOf(stopped, 3)
    stopped.kill('SIGSTOP')
    // The other one has a group of its own, as after a rebalance that the first never heard of.
    const other = start(join(root, unique('positions')))
    assert.equal((await once(other, 'exit'))[0], 0)
    stopped.kill('SIGCONT')
    assert.equal(stopped.exitCode ?? (await once(stopped, 'exit'))[0], 0)
    const store = await objectStoreFor(settingsFrom(env))
    const found = placesOf(await read[sink](store, sampleTable.name))
    const expected = Array.from({ length: sleeper.total }, (_, n) => place(cleanChange(n)))
    assert.deepEqual(
      (await chainViolations(store, `${sink}/${sampleTable.name}`, { found, expected })).slice(0, 5),
      []
    )
  })

/** Waits for so many lines of a process's output, or its end. */
function linesOf(writer: ChildProcess, wanted: number): Promise<void> {
  let lines = 0
  return new Promise((resolve) => {
    writer.once('exit', () => resolve())
    writer.stdout?.on('data', (data: Buffer) => {
      lines += data.toString().split('\n').length - 1
      if (lines >= wanted) resolve()
    })
  })
}
