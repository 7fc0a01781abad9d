import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { DuckDBInstance } from '@duckdb/node-api'
import { curated } from '../../../processors/curate-applications.ts'
import type { ClaimedApplication } from '../../../schemas/types/applications.ts'
import { featuresName, featuresSink } from '../../../sinks/azure-blob/features/features.ts'
import { writerContract } from '../../contracts/writer.contract.ts'
import { applicationItem, changedAtUs, claimedApplication } from '../../support/applications.ts'
import { testContext } from '../../support/context.ts'
import { unique } from '../../support/unique.ts'
import { type AzureCase, azureCase, blobsIn, throughProxy } from './azure-case.ts'

const folder = mkdtempSync(join(tmpdir(), 'courant-features-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const today = featuresName('2026-11-21')

/** The rows of a day's file, as any program that reads Parquet sees them. */
async function rowsOf({ features }: AzureCase, name = today): Promise<Record<string, unknown>[]> {
  const file = join(folder, unique('copy'))
  if (!(await features.copyTo(name, file))) return []
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  const rows = await connection.runAndReadAll(
    `SELECT * FROM read_parquet('${file}') ORDER BY application_key`
  )
  return rows.getRowObjects()
}

const features = (record: ClaimedApplication, offset = 0) => applicationItem(curated(record), offset)

async function write(env: AzureCase['env'], records: readonly ClaimedApplication[]) {
  const context = testContext(env)
  const writer = await featuresSink().open(context)
  await writer.write(records.map(features), { signal: AbortSignal.timeout(30_000) })
  await writer.close()
  return context
}

// Pseudonyms hide the number of an application, so that it is put where it can be seen.
const numbered = (n: number) =>
  claimedApplication(n, ({ application }) => ({ application: { ...application, job_offer_id: String(n) } }))

writerContract(
  'the features',
  async () => {
    const target = await azureCase()
    return {
      writer: featuresSink(),
      env: target.env,
      item: (n) => features(numbered(n), n),
      stored: async () => (await rowsOf(target)).map((row) => `0/${String(row['job_offer_id'])}`)
    }
  },
  { runs: 4 }
)

describe('the features', () => {
  it('are numbers and categories, one row an application, and name nobody', async () => {
    const target = await azureCase()
    await write(target.env, [claimedApplication(1), claimedApplication(2)])
    const rows = await rowsOf(target)
    assert.equal(rows.length, 2)
    const { application_key, content_key, snapshot_xmax: _, ...row } = rows[0] ?? {}
    assert.match(String(application_key), /^[0-9a-f]{32}$/)
    assert.match(String(content_key), /^[0-9a-f]{32}$/)
    assert.deepEqual(row, {
      job_offer_id: claimedApplication(1).application.job_offer_id,
      status: 'candidature',
      has_been_manager: true,
      metier_questions: 2,
      metier_answers: 1,
      metier_answer_chars: 23,
      talent_questions: 1,
      talent_answers: 1,
      talent_answer_chars: 9,
      paradigme_questions: 0,
      paradigme_answers: 0,
      paradigme_answer_chars: 0,
      reference_present: true,
      reference_fields: 4,
      skills: 3,
      offer_skills: 2,
      skill_overlap: 0.6667,
      experience_years: 5,
      education_entries: 1,
      expected_salary: 900_000,
      offered_salary: 700_000,
      salary_gap: 200_000,
      has_linkedin: true,
      has_portfolio: false,
      has_cv: true,
      has_cover_letter: true,
      has_diplome: false,
      documents: 2,
      document_bytes: BigInt(claimedApplication(1).documents.reduce((sum, { bytes }) => sum + bytes, 0)),
      completeness: 0.9375,
      quality_findings: 0,
      read_at_us: BigInt(changedAtUs + 5_000_000),
      snapshot_in_progress: 0,
      features_version: 1
    })
    const told = JSON.stringify(rows, (_key, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value
    )
    for (const canary of [
      'Marie',
      'Ondo',
      'Nzamba',
      'example.com',
      '74 00',
      '74000',
      '778899',
      claimedApplication(1).application.id
    ])
      assert.ok(!told.includes(canary), canary)
  })

  it('have keys that only the salt gives', async () => {
    const [one, other] = [await azureCase(), await azureCase()]
    await write({ ...one.env, COURANT_APPLICATIONS_SALT: 'one' }, [claimedApplication(1)])
    await write({ ...other.env, COURANT_APPLICATIONS_SALT: 'other' }, [claimedApplication(1)])
    const keys = [(await rowsOf(one))[0], (await rowsOf(other))[0]].map((row) => row?.['application_key'])
    assert.notEqual(keys[0], keys[1])
  })

  it('hold the newest version, and are untouched by a replay of everything', async () => {
    const target = await azureCase()
    const version = (status: string, ms: number) =>
      claimedApplication(
        1,
        ({ application }) => ({ application: { ...application, status } }),
        changedAtUs + ms * 1000
      )
    const all = [version('a', 1000), version('c', 9000), version('b', 5000), claimedApplication(2)]
    await write(target.env, all.slice(0, 2))
    await write(target.env, all.slice(2))
    assert.deepEqual((await rowsOf(target)).map((row) => String(row['status'])).sort(), ['c', 'candidature'])
    const was = await blobsIn(target.features)
    assert.deepEqual(was.get(today)?.metadata['rows'], '2')
    const { counted } = await write(target.env, all)
    await write(target.env, [version('c', 60_000_000)])
    assert.deepEqual(await blobsIn(target.features), was)
    assert.equal(counted.get('blobs_exported_total') ?? 0, 0)
  })

  it('lie in the file of the day on which the application changed', async () => {
    const target = await azureCase()
    const yesterday = claimedApplication(3, ({ source }) => ({
      source: { ...source, event_at_us: changedAtUs - 86_400_000_000 }
    }))
    await write(target.env, [claimedApplication(1), yesterday])
    assert.deepEqual([...(await blobsIn(target.features)).keys()], [featuresName('2026-11-20'), today])
  })

  it('are whole and once whatever the storage account does', async () => {
    const target = await azureCase()
    const { proxy, env } = await throughProxy(target.env)
    for (const [n, harm] of [
      { status: 503 },
      { status: 412, code: 'ConditionNotMet' },
      'cut' as const,
      'cut-answer' as const
    ].entries()) {
      proxy.inflict({ method: 'PUT', path: /features\.parquet/, harm, times: 1 })
      await write(env, [numbered(n)])
      proxy.heal()
    }
    assert.deepEqual((await rowsOf(target)).map((row) => String(row['job_offer_id'])).sort(), [
      '0',
      '1',
      '2',
      '3'
    ])
    await proxy.close()
  })
})
