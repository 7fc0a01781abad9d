import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { dailyApplications } from '../../../producers/applications/daily-reader.ts'
import type { Item, Reader } from '../../../runtime/pipeline.ts'
import type { SubmittedApplication } from '../../../schemas/types/applications.ts'
import { type TestContext, testContext } from '../../support/context.ts'
import { type Recruitment, recruitmentDatabase } from './recruitment-database.ts'

type DailyReader = Reader<SubmittedApplication>
type Items = readonly Item<SubmittedApplication>[]

const request = { limit: 7, lingerMs: 0, signal: new AbortController().signal }

describe('the daily run', { timeout: 60_000 }, () => {
  let recruitment: Recruitment
  let context: TestContext
  let now: Date

  before(async () => {
    recruitment = await recruitmentDatabase()
  })
  after(() => recruitment.drop())

  beforeEach(async () => {
    now = new Date('2026-11-22T03:00:00Z')
    context = { ...testContext({ ...recruitment.database.env }), now: () => now }
    // By the source's clock everything changed just now, but for five that changed long ago.
    await recruitment.client.query('UPDATE application SET updated_at = now(), created_at = now()')
    await recruitment.client.query(
      `UPDATE application SET updated_at = now() - interval '2 days', created_at = now() - interval '3 days'
       WHERE id IN (SELECT id FROM application ORDER BY id LIMIT 5)`
    )
  })

  async function withReader<T>(work: (reader: DailyReader) => Promise<T>): Promise<T> {
    const reader = await dailyApplications.open(context)
    try {
      return await work(reader)
    } finally {
      await reader.close()
    }
  }

  /** Reads and commits until nothing is due. */
  async function readToEnd(reader: DailyReader): Promise<Items> {
    const items: Item<SubmittedApplication>[] = []
    for (;;) {
      const batch = await reader.read(request)
      assert.ok(batch.items.length <= request.limit)
      items.push(...batch.items)
      await reader.commit(batch)
      if (batch.caughtUp) return items
    }
  }

  const idsOf = (items: Items) => items.map(({ key }) => key).toSorted()

  it('gives every application of the last day at the first start, and nothing more before the next is due', async () => {
    const ids = await recruitment.ids()
    await withReader(async (reader) => {
      assert.deepEqual(idsOf(await readToEnd(reader)), ids.slice(5))
      assert.deepEqual(await readToEnd(reader), [])
      now = new Date('2026-11-23T01:59:59Z')
      assert.deepEqual(await readToEnd(reader), [])
    })
    assert.deepEqual(await withReader(readToEnd), [])
  })

  it('looks back to the start of the last complete run, less the overlap', async () => {
    await withReader(async (reader) => {
      await readToEnd(reader)
      await recruitment.client.query(`UPDATE application SET updated_at = now() - interval '2 hours',
        created_at = now() - interval '2 hours'`)
      const [changed] = await recruitment.ids()
      await recruitment.client.query(`UPDATE application SET updated_at = now() WHERE id = '${changed}'`)
      now = new Date('2026-11-23T02:00:00Z')
      assert.deepEqual(idsOf(await readToEnd(reader)), [changed])
    })
  })

  it('goes on where it was interrupted, and repeats what was not committed with the same ids', async () => {
    const first = await withReader(async (reader) => {
      const committed = await reader.read(request)
      await reader.commit(committed)
      const lost = await reader.read(request)
      return { committed, lost }
    })
    const rest = await withReader(readToEnd)
    const done = new Set(idsOf(first.committed.items))
    assert.ok(idsOf(rest).every((id) => !done.has(id)))
    assert.equal(rest.length + done.size, 25)
    const repeated = new Map(rest.map(({ key, id }) => [key, id]))
    for (const { key, id } of first.lost.items) assert.equal(repeated.get(key), id)
  })

  it('gives each the time of its change and the id of its content, as a webhook would', async () => {
    const items = await withReader(readToEnd)
    const source = await recruitment.open()
    const { records } = await source.read(
      items.map(({ key }) => key),
      'webhook'
    )
    await source.close()
    for (const { key, id, at } of items) {
      const { content_sha256, event_at_us } = records.get(key)?.source ?? assert.fail()
      assert.equal(id, `${key}.${content_sha256}`)
      assert.equal(at.getTime(), Math.floor(event_at_us / 1000))
    }
  })
})
