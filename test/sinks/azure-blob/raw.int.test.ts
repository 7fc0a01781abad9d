import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { bytesContent } from '../../../runtime/object-store/content.ts'
import { readText } from '../../../runtime/object-store/object-store.ts'
import { jsonBlobName } from '../../../schemas/applications/blob-names.ts'
import type { ClaimedApplication } from '../../../schemas/types/applications.ts'
import { rawSink } from '../../../sinks/azure-blob/raw.ts'
import { writerContract } from '../../contracts/writer.contract.ts'
import {
  applicationItem,
  changedAtUs,
  claimedApplication,
  claimedDocument,
  pdfBytes,
  uuidOf
} from '../../support/applications.ts'
import { testContext } from '../../support/context.ts'
import type { HttpFaultProxy, HttpHarm } from '../../support/http-fault-proxy.ts'
import { type AzureCase, azureCase, blobsIn, bytesOf, claimAll, throughProxy } from './azure-case.ts'

const signal = () => AbortSignal.timeout(30_000)
const json = jsonBlobName(claimedApplication(1))
const documents = `applications/ingestion_date=2026-11-21/documents/${uuidOf(1)}`

const withStatus = (status: string, readAfterMs: number) =>
  claimedApplication(
    1,
    ({ application }) => ({ application: { ...application, status } }),
    changedAtUs + readAfterMs * 1000
  )

async function exportAll(target: AzureCase, records: readonly ClaimedApplication[], env = target.env) {
  const context = testContext(env)
  const writer = await rawSink().open(context)
  await writer.write(records.map(applicationItem), { signal: signal() })
  return context
}

const claimPlain = (target: AzureCase, ...numbers: readonly number[]) =>
  claimAll(
    target,
    numbers.map((n) => claimedApplication(n)),
    ({ application: { id } }) => {
      const n = Number.parseInt(id.slice(-12), 16)
      return [pdfBytes(`cv ${n}`), pdfBytes(`lettre ${n}`)]
    }
  )

writerContract(
  'the raw container',
  async () => {
    const target = await azureCase()
    const record = (n: number) => claimedApplication(n, () => ({ documents: [] }))
    return {
      writer: rawSink(),
      env: target.env,
      item: (n) => applicationItem(record(n), n),
      stored: async () =>
        [...(await blobsIn(target.raw)).keys()].map((name) => {
          return `0/${Number.parseInt(/([0-9a-f]{12})\.json$/.exec(name)?.[1] ?? '', 16)}`
        })
    }
  },
  { runs: 3 }
)

describe('the raw container', () => {
  let target: AzureCase
  before(async () => {
    target = await azureCase()
    await claimPlain(target, 1)
  })

  it('has the JSON in the form that its readers know', async () => {
    await exportAll(target, [claimedApplication(1)])
    const text = await readText(target.raw, json)
    assert.equal(
      text,
      `{
  "_metadata": {
    "entity_type": "application",
    "entity_id": "${uuidOf(1)}",
    "ingestion_timestamp": "2026-11-21T10:20:30.123Z",
    "source": "seeg-api",
    "version": "1.0"
  },
  "id": "${uuidOf(1)}",
  "candidate_id": "${uuidOf(1_000_001)}",
  "job_offer_id": "${uuidOf(2_000_000)}",
  "status": "candidature",
  "mtp_answers": {
    "reponses_metier": [
      "J’ai réduit les pannes.",
      ""
    ],
    "reponses_talent": [
      "J’écoute."
    ],
    "reponses_paradigme": []
  },
  "has_been_manager": true,
  "ref_entreprise": "Société Modèle",
  "ref_fullname": "Awa Nzamba",
  "ref_mail": "Awa.Nzamba@example.com",
  "ref_contact": "074 00 00 12",
  "created_at": "2026-11-20T10:20:30.123Z",
  "updated_at": "2026-11-21T10:20:30.123Z",
  "candidate": {
    "id": "${uuidOf(1_000_001)}",
    "email": " Marie.Ondo@example.com ",
    "first_name": "Marie-Thérèse",
    "last_name": " Ondo",
    "phone": "+241 74 00 00 07",
    "address": "BP 123, Libreville",
    "matricule": "778899",
    "post": "Comptable",
    "experience": "5 ans"
  },
  "candidate_profile": {
    "skills": "SQL, Excel; sql / Gestion de projet",
    "expected_salary": {
      "max": 1000000,
      "min": 800000,
      "currency": "XAF"
    },
    "linkedin": "www.linkedin.com/in/example-7",
    "portfolio": null,
    "education": [
      {
        "year": 2010,
        "degree": "Master"
      }
    ]
  },
  "job_offer": {
    "id": "${uuidOf(2_000_000)}",
    "title": "Analyste",
    "description": "SQL et gestion de projet. Salaire : 700 000 FCFA.",
    "location": "Libreville",
    "mtp_questions": {
      "questions_metier": [
        "A ?",
        "B ?"
      ],
      "questions_talent": [
        "C ?"
      ]
    }
  }
}
`
    )
  })

  it('has the documents, with what OCR asks for', async () => {
    const blobs = await blobsIn(target.raw)
    const names = [`${documents}/cover_letter_lettre.pdf`, `${documents}/cv_CV x x.pdf`]
    assert.deepEqual([...blobs.keys()], [...names, json])
    const { type, application_id, ready_for_ocr } = blobs.get(names[1] ?? '')?.metadata ?? {}
    assert.deepEqual([type, application_id, ready_for_ocr], ['cv', uuidOf(1), 'true'])
    assert.deepEqual(await bytesOf(target.raw, names[1] ?? ''), pdfBytes('cv 1'))
  })

  it('is untouched by a replay of everything, and by the same content read again', async () => {
    const was = await blobsIn(target.raw)
    const later = claimedApplication(1, () => ({}), changedAtUs + 3_600_000_000)
    const { counted } = await exportAll(target, [claimedApplication(1), later, claimedApplication(1)])
    assert.deepEqual(await blobsIn(target.raw), was)
    assert.equal(counted.get('blobs_exported_total') ?? 0, 0)
  })

  it('keeps numbers of the source digit by digit', async () => {
    const exact = '{"min": 12345678901234567890, "max": 1.10}'
    const record = claimedApplication(9, ({ candidate_profile }) => ({
      candidate_profile: candidate_profile && { ...candidate_profile, expected_salary: exact },
      documents: []
    }))
    await exportAll(target, [record])
    const text = (await readText(target.raw, jsonBlobName(record))) ?? ''
    assert.match(text, /"min": 12345678901234567890,\s+"max": 1\.10/)
  })
})

describe('a version of an application', () => {
  it('replaces an older one and never a newer one, in whatever order they come', async () => {
    const versions = [withStatus('a', 1000), withStatus('b', 5000), withStatus('c', 9000)]
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [1, 2, 0],
      [2, 0, 1]
    ]) {
      const target = await azureCase()
      await claimPlain(target, 1)
      for (const n of order) await exportAll(target, versions.slice(n, n + 1))
      assert.match((await readText(target.raw, json)) ?? '', /"status": "c"/, order.join())
    }
  })

  it('brings its documents, and leaves those of a newer one', async () => {
    const target = await azureCase()
    await claimAll(target, [withStatus('', 0)], () => [pdfBytes('old'), pdfBytes('new')])
    const of = (text: string, ms: number) =>
      claimedApplication(
        1,
        () => ({ documents: [claimedDocument('cv', 'cv.pdf', text)] }),
        changedAtUs + ms * 1000
      )
    await exportAll(target, [of('old', 1000)])
    await exportAll(target, [of('new', 5000)])
    await exportAll(target, [of('old', 1000)])
    assert.deepEqual(await bytesOf(target.raw, `${documents}/cv_cv.pdf`), pdfBytes('new'))
  })

  it('is looked for by one request, and its documents are not touched when it is there', async () => {
    const target = await azureCase()
    await claimPlain(target, 1)
    await exportAll(target, [withStatus('a', 1000), withStatus('b', 5000)])
    const { proxy, env } = await throughProxy(target.env)
    try {
      await exportAll(target, [], env)
      const opening = proxy.requests
      await exportAll(target, [withStatus('a', 1000), withStatus('b', 5000), withStatus('b', 9000)], env)
      assert.equal(proxy.requests, opening * 2 + 3)
    } finally {
      await proxy.close()
    }
  })

  it('takes the place of what the old service left under its name', async () => {
    const target = await azureCase()
    await claimPlain(target, 1)
    await target.raw.put(json, bytesContent('{"old": true}'))
    await exportAll(target, [claimedApplication(1)])
    assert.match((await readText(target.raw, json)) ?? '', /"entity_type"/)
  })

  it('is set aside when a content it refers to is gone, and the others are exported', async () => {
    const target = await azureCase()
    await claimPlain(target, 2)
    const writer = await rawSink().open(testContext(target.env))
    const items = [claimedApplication(1), claimedApplication(2)].map(applicationItem)
    await assert.rejects(
      writer.write(items, { signal: signal() }),
      (error: { code: string; details: object }) => {
        assert.deepEqual([error.code, error.details], ['CLAIM_MISSING', { itemId: items[0]?.id }])
        return true
      }
    )
    // No JSON without its documents.
    assert.equal(await target.raw.head(json), null)
  })
})

describe('an export while the storage account misbehaves', () => {
  let target: AzureCase
  let proxy: HttpFaultProxy
  let env: Record<string, string>
  before(async () => {
    target = await azureCase()
    await claimPlain(target, 1)
    ;({ proxy, env } = await throughProxy(target.env))
  })
  after(() => proxy.close())

  for (const harm of [
    { status: 503 },
    { status: 409, code: 'BlobAlreadyExists' },
    { status: 412, code: 'ConditionNotMet' },
    'cut',
    'cut-answer',
    'silence'
  ] as const satisfies readonly HttpHarm[])
    it(`ends whole and once: ${typeof harm === 'string' ? harm : harm.status}`, async () => {
      const records = [10, 11, 12].map((n) => claimedApplication(n))
      await claimPlain(target, 10, 11, 12)
      const struck = [
        proxy.inflict({ method: 'PUT', path: /documents/, harm, skip: 1, times: 2 }),
        proxy.inflict({ method: 'PUT', path: /json/, harm, times: 2 }),
        proxy.inflict({ method: 'HEAD', harm: typeof harm === 'object' ? { status: 503 } : harm, times: 1 })
      ]
      await exportAll(target, records, env)
      proxy.heal()
      assert.ok(struck.slice(0, 2).every((count) => count() > 0))
      const was = await blobsIn(target.raw)
      assert.equal(was.size, 9)
      await exportAll(target, records)
      assert.deepEqual(await blobsIn(target.raw), was)
      for (const name of was.keys()) await target.raw.delete(name)
    })

  it('is tried again by the runner when it cannot be done now', async () => {
    proxy.inflict({ harm: { status: 503 } })
    const writing = rawSink()
      .open(testContext(env))
      .then((writer) => writer.write([applicationItem(claimedApplication(1), 0)], { signal: signal() }))
    await assert.rejects(writing, { code: 'TARGET_UNAVAILABLE' })
    proxy.heal()
  })
})
