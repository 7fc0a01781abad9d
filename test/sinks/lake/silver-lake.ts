import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import type { Table } from '../../../schemas/table.ts'
import type { CompactionJob } from '../../../sinks/lake/compaction.ts'
import { lakeConnection } from '../../../sinks/lake/duckdb.ts'
import { ensureSilverSchema } from '../../../sinks/lake/silver-schema.ts'
import { silverSink } from '../../../sinks/lake/silver.ts'
import { FolderStore } from '../../../runtime/object-store/folder-store.ts'
import { type TestContext, testContext } from '../../support/context.ts'
import { unique } from '../../support/unique.ts'
import { cleanChange, place, sampleTable } from './sample-log.ts'
import { placesOf, silverRows } from './stored-rows.ts'

const root = mkdtempSync(join(tmpdir(), 'courant-compaction-test-'))
after(() => rmSync(root, { recursive: true, force: true }))

export const signal = () => AbortSignal.timeout(30_000)
export const range = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => cleanChange(from + i))

/** Silver of one table in a folder of its own. */
export interface SilverLake extends CompactionJob {
  readonly context: TestContext
  /** Writes changes as a new process would. */
  write(from: number, to: number): Promise<void>
  /** Fails unless exactly the first `count` changes are read, each once. */
  holds(count: number): Promise<void>
}

/** Opens an empty one; parts go after no grace unless told otherwise. */
export async function silverLake({
  table = sampleTable,
  env = {}
}: {
  table?: Table
  env?: Record<string, string>
} = {}): Promise<SilverLake> {
  const url = join(root, unique('lake'))
  const context = testContext({
    COURANT_LAKE_URL: url,
    COURANT_LAKE_COMPACT_MS: '0',
    COURANT_LAKE_GRACE_MS: '0',
    ...env
  })
  const store = await FolderStore.open(url)
  return {
    store,
    table,
    context,
    schema: await ensureSilverSchema(store, table),
    connection: await lakeConnection(context.settings),
    async write(from, to) {
      const writer = await silverSink(table).open(context)
      await writer.write(range(from, to), { signal: signal() })
      await writer.close()
    },
    async holds(count) {
      const places = placesOf(await silverRows(store, table.name))
      assert.deepEqual(places.sort(), range(0, count).map(place).sort())
    }
  }
}
