import assert from 'node:assert/strict'
import { existsSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, it } from 'node:test'
import { bytesContent } from '../../../runtime/object-store/content.ts'
import { tables } from '../../../schemas/tables.ts'
import { compactedName } from '../../../sinks/lake/silver-files.ts'
import { SilverMirror } from '../../../sinks/warehouse/silver-mirror.ts'
import { eventually } from '../../support/eventually.ts'
import { MemoryObjectStore } from '../../support/memory-object-store.ts'
import { temporaryFolder } from '../../support/stack.ts'

const table = tables.users
const partName = (n: number) =>
  `silver/${table.name}/2026-11-22/${table.name}-p0-${String(n).padStart(16, '0')}.parquet`

/** A store that counts how many requests it has at once. */
class CountingStore extends MemoryObjectStore {
  most = 0
  #now = 0

  override head(name: string) {
    return this.#counted(() => super.head(name))
  }

  override copyTo(name: string, file: string, options?: { ifMatch?: string }) {
    return this.#counted(() => super.copyTo(name, file, options))
  }

  async #counted<T>(request: () => Promise<T>): Promise<T> {
    this.most = Math.max(this.most, ++this.#now)
    try {
      return await request()
    } finally {
      this.#now--
    }
  }
}

describe('the local files of Silver', () => {
  it('are fetched a few at a time, however many files and days there are', async (t) => {
    const store = new CountingStore()
    for (let n = 0; n < 200; n++) await store.put(partName(n), bytesContent('x'))
    for (let day = 100; day < 300; day++) {
      const ds = new Date(Date.UTC(2026, 0, day)).toISOString().slice(0, 10)
      await store.put(compactedName(table.name, ds), bytesContent('x'), { metadata: { offsets: '{}' } })
    }
    const mirror = new SilverMirror(store, { folder: temporaryFolder(t), graceMs: 60_000 })
    assert.equal((await mirror.files(table)).length, 400)
    assert.ok(store.most <= 16, `${store.most} requests at once`)
  })

  it('that were removed are forgotten: one of the same name has a grace of its own', async (t) => {
    const store = new MemoryObjectStore()
    await store.put(partName(0), bytesContent('x'))
    const mirror = new SilverMirror(store, { folder: temporaryFolder(t), graceMs: 300 })
    const path = (await mirror.files(table))[0]?.path ?? ''
    await store.delete(partName(0))
    await eventually(async () => (await mirror.files(table)).length === 0 && !existsSync(path))
    // As of another process, whose list is older.
    assert.ok(existsSync(dirname(path)))
    writeFileSync(path, 'x')
    await mirror.files(table)
    assert.ok(existsSync(path))
    await eventually(async () => (await mirror.files(table)).length === 0 && !existsSync(path))
  })

  it('have the rights that the setting names, and so do the folders that lead to them, but none above', async (t) => {
    const store = new MemoryObjectStore()
    await store.put(partName(0), bytesContent('x'))
    const above = temporaryFolder(t)
    const folder = join(above, 'silver')
    const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8)
    const before = modeOf(above)
    const umask = process.umask(0o077)
    t.after(() => process.umask(umask))
    const [own] = await new SilverMirror(store, { folder, graceMs: 60_000 }).files(table)
    assert.equal(modeOf(own?.path ?? ''), '600')
    await new SilverMirror(store, { folder, graceMs: 60_000, mode: 0o640 }).files(table)
    assert.equal(modeOf(own?.path ?? ''), '640')
    await store.put(partName(1), bytesContent('x'))
    const shared = await new SilverMirror(store, { folder, graceMs: 60_000, mode: 0o640 }).files(table)
    for (const { path } of shared) {
      assert.equal(modeOf(path), '640')
      assert.equal(modeOf(dirname(path)), '750')
    }
    assert.equal(modeOf(folder), '750')
    assert.equal(modeOf(above), before)
  })
})
