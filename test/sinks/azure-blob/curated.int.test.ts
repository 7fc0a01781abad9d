import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { curated } from '../../../processors/curate-applications.ts'
import { readText } from '../../../runtime/object-store/object-store.ts'
import { jsonBlobName } from '../../../schemas/applications/blob-names.ts'
import { curatedSink } from '../../../sinks/azure-blob/curated.ts'
import { writerContract } from '../../contracts/writer.contract.ts'
import { applicationItem, changedAtUs, claimedApplication } from '../../support/applications.ts'
import { testContext } from '../../support/context.ts'
import { azureCase, blobsIn } from './azure-case.ts'

/** What of the JSON the test looks at. */
interface CuratedBlob {
  readonly candidate: { readonly phone: unknown }
  readonly candidate_profile: { readonly skills: unknown; readonly expected_salary: unknown }
  readonly documents: readonly { readonly blob: string }[]
  readonly _quality: unknown
  readonly updated_at: unknown
}

writerContract(
  'the curated container',
  async () => {
    const target = await azureCase()
    return {
      writer: curatedSink(),
      env: target.env,
      item: (n) => applicationItem(curated(claimedApplication(n)), n),
      stored: async () =>
        [...(await blobsIn(target.curated)).keys()].map((name) => {
          return `0/${Number.parseInt(/([0-9a-f]{12})\.json$/.exec(name)?.[1] ?? '', 16)}`
        })
    }
  },
  { runs: 2 }
)

describe('the curated container', () => {
  it('has clean values, the blobs of the documents, and what could not be cleaned', async () => {
    const { env, curated: store } = await azureCase()
    const claimed = claimedApplication(1, ({ candidate }) => ({
      candidate: candidate && { ...candidate, phone: 'à demander' }
    }))
    const writer = await curatedSink().open(testContext(env))
    await writer.write([applicationItem(curated(claimed), 0)], { signal: AbortSignal.timeout(30_000) })
    const blob = JSON.parse((await readText(store, jsonBlobName(claimed))) ?? '') as CuratedBlob
    assert.deepEqual(Object.keys(blob), [
      '_metadata',
      'id',
      'candidate_id',
      'job_offer_id',
      'status',
      'mtp_answers',
      'has_been_manager',
      'ref_entreprise',
      'ref_fullname',
      'ref_mail',
      'ref_contact',
      'created_at',
      'updated_at',
      'candidate',
      'candidate_profile',
      'job_offer',
      'documents',
      '_quality'
    ])
    const { candidate, candidate_profile: profile, documents, _quality, updated_at } = blob
    assert.deepEqual(candidate.phone, null)
    assert.deepEqual(profile.skills, ['SQL', 'Excel', 'Gestion de projet'])
    assert.deepEqual(profile.expected_salary, { max: 1_000_000, min: 800_000, currency: 'XAF' })
    assert.match(documents[0]?.blob ?? '', /cv_CV x x\.pdf$/)
    assert.deepEqual(_quality, [{ field: 'candidate.phone', reason: 'phone_invalid', value: 'à demander' }])
    assert.equal(updated_at, '2026-11-21T10:20:30.123Z')
  })

  it('takes what newer rules make of the same version, and nothing of an older one', async () => {
    const { env, curated: store } = await azureCase()
    const writer = await curatedSink().open(testContext(env))
    const write = (value: ReturnType<typeof curated>) =>
      writer.write([applicationItem(value, 0)], { signal: AbortSignal.timeout(30_000) })
    const record = curated(claimedApplication(1))
    const older = curated(claimedApplication(1, () => ({}), changedAtUs))
    await write(record)
    const better = { ...record, quality: [{ field: 'x', reason: 'by_new_rules', value: null }] }
    await write(better)
    await write({ ...older, quality: [] })
    assert.match((await readText(store, jsonBlobName(record))) ?? '', /by_new_rules/)
  })
})
