import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { ApplicationSource } from '../../../producers/applications/application-source.ts'
import { CourantError } from '../../../runtime/errors.ts'
import { compareReads } from '../../../schemas/applications/newer.ts'
import { avroType } from '../../../schemas/avro-type.ts'
import { events } from '../../../schemas/events.ts'
import type { SubmittedApplication } from '../../../schemas/types/applications.ts'
import { temporaryFolder } from '../../support/stack.ts'
import { type Recruitment, recruitmentDatabase } from './recruitment-database.ts'

describe('reading job applications', { timeout: 60_000 }, () => {
  let recruitment: Recruitment
  let source: ApplicationSource
  let ids: string[]

  before(async () => {
    recruitment = await recruitmentDatabase()
    source = await recruitment.open()
    ids = await recruitment.ids()
  })
  after(async () => {
    await source.close()
    await recruitment.drop()
  })

  const readOne = async (id = ids[0] ?? ''): Promise<SubmittedApplication> => {
    const record = (await source.read([id], 'webhook')).records.get(id)
    assert.ok(record)
    return record
  }

  it('gives whole records that fit their schema, and nothing for ids that do not exist', async () => {
    const missing = '00000000-0000-4000-8000-000000000000'
    const { records } = await source.read([...ids, missing], 'backfill')
    assert.equal(records.size, ids.length)
    const type = avroType(events.submittedApplication.schema)
    for (const record of records.values()) assert.ok(type.isValid(record, { noUndeclaredFields: true }))
    const { rows } = await recruitment.client.query(
      `SELECT a.*, u.email, o.title, p.skills, (extract(epoch FROM created_at) * 1000000)::bigint AS us
       FROM application a JOIN "user" u ON u.id = candidate_id JOIN job_offer o ON o.id = job_offer_id
       LEFT JOIN candidate_profile p ON p.user_id = u.id`
    )
    for (const row of rows) {
      const { application, candidate, candidate_profile, job_offer } = records.get(row.id) ?? assert.fail()
      assert.deepEqual(JSON.parse(application.mtp_answers ?? ''), row.mtp_answers)
      assert.equal(application.created_at, Number(row.us))
      assert.equal(application.has_been_manager, row.has_been_manager)
      assert.deepEqual([candidate?.email, job_offer?.title], [row.email, row.title])
      assert.deepEqual(JSON.parse(candidate_profile?.skills ?? 'null'), row.skills)
    }
  })

  it('gives hashes in place of the content of documents, which is read by its id', async () => {
    const { documents } = await readOne()
    assert.ok(documents.length >= 2)
    for (const { id, sha256, bytes } of documents) {
      const content = (await source.content(id)) ?? assert.fail()
      assert.equal(createHash('sha256').update(content).digest('hex'), sha256)
      assert.equal(content.length, bytes)
    }
    assert.equal(await source.content('00000000-0000-4000-8000-000000000000'), null)
  })

  it('gives the same content hash until anything of the record changes, and a newer read then', async () => {
    const before = await readOne()
    const again = await readOne()
    assert.equal(again.source.content_sha256, before.source.content_sha256)
    assert.equal(again.source.event_at_us, before.source.event_at_us)
    for (const change of [
      `UPDATE "user" SET phone = phone || ' ' WHERE id = '${before.candidate?.id}'`,
      `UPDATE application_documents SET content = 'x' WHERE id = '${before.documents[0]?.id}'`
    ]) {
      const last = await readOne()
      await recruitment.client.query(change)
      const next = await readOne()
      assert.notEqual(next.source.content_sha256, last.source.content_sha256)
      assert.ok(compareReads(next.source, last.source) > 0)
    }
  })

  it('orders two reads by what they saw when a transaction ends between them', async () => {
    const session = await recruitment.database.session()
    await session.query('BEGIN')
    await session.query(`UPDATE application SET status = 'embauche-2' WHERE id = '${ids[1]}'`)
    const before = await readOne(ids[1])
    await session.query('COMMIT')
    const next = await readOne(ids[1])
    assert.notEqual(before.application.status, next.application.status)
    assert.ok(compareReads(next.source, before.source) > 0)
  })

  it('finds what changed since a moment, also in tables whose time is mapped, page by page', async (t) => {
    const since = Date.UTC(2026, 10, 10) * 1000
    const all = await source.changed({ since, after: null, limit: 1000 })
    const { rows } = await recruitment.client.query<{ id: string }>(
      `SELECT id FROM application WHERE greatest(created_at, updated_at) >= '2026-11-10Z' ORDER BY id`
    )
    assert.deepEqual(
      all,
      rows.map(({ id }) => id)
    )
    assert.ok(all.length > 3 && all.length < ids.length)
    const [first, ...rest] = all
    assert.deepEqual(await source.changed({ since, after: first ?? null, limit: 2 }), rest.slice(0, 2))
    await recruitment.client.query('ALTER TABLE job_offer ADD changed timestamp DEFAULT now()')
    const mapping = join(temporaryFolder(t), 'mapping.json')
    writeFileSync(mapping, '{"tables":{"job_offer":{"columns":{"updated_at":"changed"}}}}')
    const mapped = await recruitment.open({ COURANT_APPLICATIONS_MAPPING: mapping })
    assert.deepEqual(await mapped.changed({ since, after: null, limit: 1000 }), ids)
    await mapped.close()
  })

  it('refuses a database that is not as the mapping says, naming all of it, and a mapping that is wrong', async (t) => {
    const mapping = join(temporaryFolder(t), 'mapping.json')
    const refusal = (text: string) => {
      writeFileSync(mapping, text)
      return recruitment.open({ COURANT_APPLICATIONS_MAPPING: mapping }).catch((error: unknown) => error)
    }
    const refused = await refusal(
      '{"tables":{"candidate":{"table":"people"},"job_offer":{"columns":{"title":"name","location":null}}}}'
    )
    assert.ok(refused instanceof CourantError && refused.code === 'SOURCE_REFUSED')
    assert.match(refused.message, /no table "public"\."people"[^]*"job_offer" has no column "name"/)
    await recruitment.client.query('ALTER TABLE job_offer ADD reference text, ADD open_until text')
    const mistyped = await refusal(
      '{"tables":{"job_offer":{"columns":{"id":"reference","updated_at":"open_until"}}}}'
    )
    assert.ok(mistyped instanceof CourantError && mistyped.code === 'SOURCE_REFUSED')
    assert.match(
      mistyped.message,
      /"open_until" is of type text[^]*"reference" \(text\)[^]*"job_offer_id" \(uuid\)/
    )
    const wrong = await refusal(
      '{"tables":{"applicant":{},"application":{"columns":{"id":null,"titel":"x"}}}}'
    )
    assert.ok(wrong instanceof CourantError && wrong.code === 'CONFIG_INVALID')
    assert.match(wrong.message, /tables\.applicant[^]*columns\.titel[^]*columns\.id must name/)
  })

  it('connects to the database of its URL instead of the one of PG*', async () => {
    const { PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE } = recruitment.database.env
    const url = `postgres://${PGUSER}:${PGPASSWORD}@${PGHOST}:${PGPORT}/${PGDATABASE}`
    const other = await recruitment.open({
      COURANT_APPLICATIONS_DATABASE_URL: url,
      PGDATABASE: 'none',
      PGPORT: '1'
    })
    assert.equal((await other.read(ids, 'daily')).records.size, ids.length)
    await other.close()
  })
})
