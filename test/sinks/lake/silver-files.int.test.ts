import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { Compactor } from '../../../sinks/lake/compactor.ts'
import { silverFiles } from '../../../sinks/lake/silver-files.ts'
import { bytesContent } from '../../../runtime/object-store/content.ts'
import { unique } from '../../support/unique.ts'
import { range, silverLake } from './silver-lake.ts'

const root = mkdtempSync(join(tmpdir(), 'courant-silver-files-'))
after(() => rmSync(root, { recursive: true, force: true }))

describe('the reading rule', () => {
  it('gives a range of days only, and the offsets each file holds', async () => {
    const at = await silverLake()
    await at.write(0, 120)
    await at.write(120, 200)
    const files = await silverFiles(at.store, at.table.name, { from: '2026-11-02', to: '2026-11-03' })
    assert.deepEqual([...new Set(files.map(({ ds }) => ds))], ['2026-11-02', '2026-11-03'])
    for (const { value, partition, offset, at: when } of range(0, 200)) {
      if (!['2026-11-02', '2026-11-03'].includes(when.toISOString().slice(0, 10))) continue
      const holders = files.filter(
        (file) =>
          file.ds === when.toISOString().slice(0, 10) &&
          file.offsets.some(
            (held) =>
              held.partition === partition &&
              held.first <= offset &&
              offset <= (held.last ?? Number.POSITIVE_INFINITY)
          )
      )
      assert.equal(holders.length, 1, value.op)
    }
  })

  it('forgets nothing and doubles nothing for a reader that listed before a compaction and reads after it', async () => {
    const at = await silverLake({ env: { COURANT_LAKE_GRACE_MS: '600000' } })
    await at.write(0, 60)
    await new Compactor(at).look({ evenIfBusy: true })
    await at.write(60, 220)
    const listed = await silverFiles(at.store, at.table.name)
    await new Compactor(at).look({ evenIfBusy: true })
    const stale = await Promise.all(
      listed.map(({ name, etag }, n) =>
        at.store.copyTo(name, join(root, unique(`copy-${n}`)), etag === null ? {} : { ifMatch: etag })
      )
    )
    assert.deepEqual(
      stale,
      listed.map(({ etag }) => etag === null),
      'parts are still there; replaced files say so'
    )
    const content = bytesContent('x')
    assert.equal(await at.store.put(listed[0]?.name ?? '', content, { ifMatch: listed[0]?.etag ?? '' }), null)
  })
})
