import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { memoryTopics } from '../../support/memory-topics.ts'
import type { Context, LogItem } from '../../../runtime/pipeline.ts'
import { documentBlobNames, jsonBlobName } from '../../../schemas/applications/blob-names.ts'
import { events } from '../../../schemas/events.ts'
import type { ClaimedApplication } from '../../../schemas/types/applications.ts'
import { functionCallSink, rawExporter } from '../../../sinks/azure-blob/function-calls.ts'
import { rawSink } from '../../../sinks/azure-blob/raw.ts'
import { topicOf } from '../../../topics/catalogue.ts'
import type { Connection } from '../../../topics/connection.ts'
import { applicationItem, changedAtUs, claimedApplication, uuidOf } from '../../support/applications.ts'
import { HttpReceiver } from '../../support/http-receiver.ts'
import { type AzureCase, azureCase } from './azure-case.ts'

const { name: topic } = topicOf(events.claimedApplication)
const signal = () => AbortSignal.timeout(20_000)

const withoutDocuments = (n: number, readAfterMs = 0, status = 'candidature') =>
  claimedApplication(
    n,
    ({ application }) => ({ application: { ...application, status }, documents: [] }),
    changedAtUs + readAfterMs * 1000
  )

const item = (record: ClaimedApplication, offset = 0): LogItem<ClaimedApplication> => ({
  ...applicationItem(record, offset),
  topic
})

describe('the call of an Azure Function', () => {
  let receiver: HttpReceiver
  let target: AzureCase
  let context: Context
  let connection: Connection
  before(async () => {
    receiver = await HttpReceiver.start()
  })
  after(() => receiver.close())
  beforeEach(async () => {
    receiver.received.length = 0
    receiver.answers.length = 0
    target = await azureCase()
    const env = {
      ...target.env,
      AZ_FUNC_ON_APP_SUBMITTED_URL: `${receiver.url}/api/on-app`,
      AZ_FUNC_ON_APP_SUBMITTED_KEY: 'the-key'
    }
    ;({ context, connection } = await memoryTopics({ env }))
  })

  const exportRaw = async (...records: readonly ClaimedApplication[]) =>
    (await rawSink().open(context)).write(records.map(applicationItem), { signal: signal() })

  const call = async (...items: readonly LogItem<ClaimedApplication>[]) =>
    (await functionCallSink().open(context)).write(items, { signal: signal() })

  /** The raw exporter's group has committed everything before this offset. */
  async function exporterIsAt(offset: number): Promise<void> {
    const consumer = await connection.kafka.consumer({
      group: rawExporter,
      topics: [topic],
      startAt: async (partitions) => partitions.map((at) => ({ ...at, offset: 0 }))
    })
    await consumer.poll({ limit: 1, waitMs: 10, lingerMs: 0, signal: signal() })
    await consumer.commit([{ topic, partition: 0, offset }])
    await consumer.close()
  }

  it('names the blobs, with the key, once a version is exported', async () => {
    const record = withoutDocuments(1)
    await exportRaw(record)
    await call(item(record))
    const [request] = receiver.received
    assert.equal(request?.headers['x-functions-key'], 'the-key')
    assert.deepEqual(request.body, {
      container: target.env['COURANT_APPLICATIONS_RAW'],
      application_id: uuidOf(1),
      ingestion_date: '2026-11-21',
      json_blob: jsonBlobName(record),
      document_blobs: documentBlobNames(record)
    })
  })

  it('is made once for each version, whatever is repeated', async () => {
    const [one, two] = [withoutDocuments(1), withoutDocuments(1, 5000, 'embauche')]
    await exportRaw(one, two)
    await call(item(one))
    await call(item(one), item(withoutDocuments(1, 9000, 'embauche')))
    await call(item(one), item(two))
    assert.equal(receiver.received.length, 2)
  })

  it('waits for the export', async () => {
    const record = withoutDocuments(1)
    await assert.rejects(call(item(record)), { code: 'TARGET_UNAVAILABLE' })
    await exportRaw(withoutDocuments(1, -5000, 'older'))
    await assert.rejects(call(item(record)), { code: 'TARGET_UNAVAILABLE' })
    assert.equal(receiver.received.length, 0)
    await exportRaw(record)
    await call(item(record))
    assert.equal(receiver.received.length, 1)
  })

  it('does not wait for an export that was set aside', async () => {
    const record = withoutDocuments(1)
    await exporterIsAt(3)
    await assert.rejects(call(item(record, 3)), { code: 'TARGET_UNAVAILABLE' })
    await exporterIsAt(4)
    await assert.rejects(call(item(record, 3)), {
      code: 'EXPORT_MISSING',
      details: { itemId: item(record).id }
    })
  })

  it('is tried again when the function cannot answer, as late as it asks for', async () => {
    const record = withoutDocuments(1)
    await exportRaw(record)
    for (const status of [500, 503, 408, 429]) {
      receiver.answers.push({ status, ...(status === 429 && { headers: { 'retry-after': '1' } }) })
      const began = Date.now()
      await assert.rejects(call(item(record)), { code: 'TARGET_UNAVAILABLE' }, String(status))
      assert.equal(Date.now() - began >= 1000, status === 429)
    }
    await call(item(record))
    assert.equal(receiver.received.length, 5)
    assert.equal(new Set(receiver.received.map(({ headers }) => headers['idempotency-key'])).size, 1)
  })

  it('holds up no other when it cannot be taken now, until too many cannot', async () => {
    const records = Array.from({ length: 40 }, (_, n) => withoutDocuments(n + 1))
    await exportRaw(...records)
    receiver.answers.push({ status: 503 }, { status: 202 }, { status: 503 })
    const items = records.slice(0, 10).map((record, n) => item(record, n))
    await assert.rejects(call(...items), { code: 'TARGET_UNAVAILABLE' })
    assert.equal(receiver.received.length, 10)
    await call(...items)
    assert.equal(receiver.received.length, 12)
    receiver.answers.push(...Array.from({ length: 40 }, () => ({ status: 503 })))
    await assert.rejects(call(...records.map((record, n) => item(record, n))), { code: 'TARGET_UNAVAILABLE' })
    const calls = receiver.received.map(({ headers }) => headers['idempotency-key'])
    assert.ok(calls.length < 12 + 30, `${calls.length} calls`)
  })

  it('is given up when the function refuses it, and follows nobody elsewhere', async () => {
    const record = withoutDocuments(1)
    await exportRaw(record)
    for (const answer of [{ status: 401 }, { status: 302, headers: { location: receiver.url } }]) {
      receiver.answers.push(answer)
      await assert.rejects(call(item(record)), { code: 'CALL_REFUSED', details: { itemId: item(record).id } })
    }
    assert.equal(receiver.received.length, 2)
  })

  it('is not made when no address is set', async () => {
    const { context } = await memoryTopics({ env: { ...target.env } })
    await (await functionCallSink().open(context)).write([item(withoutDocuments(1))], { signal: signal() })
    assert.equal(receiver.received.length, 0)
  })
})
