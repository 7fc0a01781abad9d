import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { dailyApplications } from '../../../producers/applications/daily-reader.ts'
import type { ApplicationSource } from '../../../producers/applications/application-source.ts'
import { testContext } from '../../support/context.ts'
import { type Recruitment, recruitmentDatabase } from './recruitment-database.ts'

/** What `json` takes and `jsonb` does not. */
const poisons = [String.raw`["avant\u0000apres"]`, String.raw`["\ud800"]`, '[1e999999]']

describe('job applications with values that PostgreSQL cannot give', { timeout: 60_000 }, () => {
  let recruitment: Recruitment
  let source: ApplicationSource
  let ids: string[]

  before(async () => {
    recruitment = await recruitmentDatabase()
    const { client } = recruitment
    await client.query(`ALTER TABLE application ALTER mtp_answers TYPE json;
      ALTER TABLE candidate_profile ALTER skills TYPE json, ADD unmapped json;
      ALTER TABLE candidate_profile DROP CONSTRAINT candidate_profile_user_id_key`)
    ids = await recruitment.ids()
    for (const [n, poison] of poisons.entries())
      await client.query('UPDATE application SET mtp_answers = $1::json WHERE id = $2', [poison, ids[n * 9]])
    source = await recruitment.open()
  })
  after(async () => {
    await source.close()
    await recruitment.drop()
  })

  const bad = () => poisons.map((_, n) => ids[n * 9] ?? '')

  it('sets aside the one that holds them, with its id and columns, and reads all others', async () => {
    const { records, unreadable } = await source.read(ids, 'backfill')
    assert.deepEqual([...unreadable.keys()].toSorted(), bad().toSorted())
    assert.equal(records.size, ids.length - poisons.length)
    for (const [id, error] of unreadable) {
      assert.equal(error.code, 'VALUE_UNREADABLE')
      assert.deepEqual(error.details['columns'], ['"public"."application"."mtp_answers"'])
      assert.match(error.message, new RegExp(`${id}.*mtp_answers.*SQLSTATE 22`))
      assert.doesNotMatch(error.message, /avant|apres/)
    }
  })

  it('names every column of one that has several, and does not read columns that nobody asked for', async () => {
    const [first = '', second = ''] = ids
    await recruitment.client.query(
      `UPDATE candidate_profile p SET skills = $1::json FROM application a WHERE user_id = candidate_id AND a.id = $2`,
      [poisons[0], first]
    )
    await recruitment.client.query('UPDATE candidate_profile SET unmapped = $1::json', [poisons[0]])
    const { records, unreadable } = await source.read([first, second], 'webhook')
    assert.deepEqual(unreadable.get(first)?.details['columns'], [
      '"public"."application"."mtp_answers"',
      '"public"."candidate_profile"."skills"'
    ])
    assert.ok(records.has(second))
  })

  it('does not stop the daily run, which sets it aside', async () => {
    await recruitment.client.query('UPDATE application SET updated_at = now()')
    const context = testContext({ ...recruitment.database.env })
    const reader = await dailyApplications.open(context)
    try {
      const { items, failures = [] } = await reader.read({
        limit: 100,
        lingerMs: 0,
        signal: new AbortController().signal
      })
      assert.equal(items.length + failures.length, ids.length)
      for (const id of bad())
        assert.ok(failures.some(({ item, error }) => item.key === id && error.message.includes(id)))
    } finally {
      await reader.close()
    }
  })

  it('holds an id of a document that is none against its record, not against the database', async () => {
    for (const id of ['not-a-uuid', '\u0000'])
      await assert.rejects(source.content(id), { code: 'VALUE_UNREADABLE', verdict: 'record' })
  })
})
