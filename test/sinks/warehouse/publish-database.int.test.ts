import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { DuckDBInstance } from '@duckdb/node-api'
import { withAttached } from '../../../sinks/warehouse/attached-database.ts'
import { publishDatabase } from '../../../sinks/warehouse/publish-database.ts'

const analystProcess = new URL('./analyst-process.ts', import.meta.url)

describe('a published database', () => {
  for (const mode of ['READ_ONLY', 'READ_WRITE'])
    it(`is whole at any moment for an analyst who opens it ${mode} while it is replaced`, async () => {
      await inFolder(async (folder) => {
        const publish = await publisherIn(folder)
        await publish(0)
        const { problems, reads, stop } = await startAnalyst(join(folder, 'analytics.duckdb'), mode)
        for (let n = 1; n <= 40; n++) await publish(n)
        await stop()
        assert.deepEqual(problems, [])
        assert.ok((await reads) > 3, 'the analyst looked several times')
      })
    })

  it('does not take over what an analyst had written into the one before it and left behind in a crash', async () => {
    await inFolder(async (folder) => {
      const file = join(folder, 'analytics.duckdb')
      const publish = await publisherIn(folder)
      await publish(1)
      const child = fork(new URL('./crashing-analyst.ts', import.meta.url), [file])
      await once(child, 'exit')
      assert.ok(existsSync(`${file}.wal`), 'the crash left a log')
      await publish(2)
      const instance = await DuckDBInstance.create(file)
      const connection = await instance.connect()
      const rows = await connection.runAndReadAll('SELECT count(*), max(n) FROM numbers')
      assert.deepEqual(rows.getRowsJson(), [['20000', 2]])
      connection.closeSync()
      instance.closeSync()
    })
  })
})

/** Publishes versions of a database in which every row has the version's number. */
async function publisherIn(folder: string): Promise<(n: number) => Promise<void>> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  const file = join(folder, 'work.duckdb')
  return async (n) => {
    await withAttached(connection, { file, name: 'work' }, async () => {
      await connection.run(`CREATE OR REPLACE TABLE work.main.numbers AS SELECT ${n} AS n FROM range(20000)`)
    })
    await publishDatabase(file, { to: join(folder, 'analytics.duckdb') })
  }
}

async function startAnalyst(file: string, mode: string) {
  const child: ChildProcess = fork(analystProcess, [file, mode])
  const problems: string[] = []
  const reads = new Promise<number>((resolve) => {
    child.on('message', (message: { problem?: string; reads?: number }) => {
      if (message.problem !== undefined) problems.push(message.problem)
      if (message.reads !== undefined) resolve(message.reads)
    })
  })
  await once(child, 'message')
  const stop = async () => {
    const exited = once(child, 'exit')
    child.send('stop')
    await exited
  }
  return { problems, reads, stop }
}

async function inFolder(action: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'courant-publish-'))
  try {
    await action(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
