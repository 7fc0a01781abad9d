import assert from 'node:assert/strict'
import { test } from 'node:test'
import { memoryWriter } from '../../../runtime/memory.ts'
import { bytesContent } from '../../../runtime/object-store/content.ts'
import { readText } from '../../../runtime/object-store/object-store.ts'
import type { Failure } from '../../../runtime/pipeline.ts'
import { run } from '../../../runtime/run.ts'
import { azureSinks } from '../../../sinks/azure-blob/index.ts'
import { topicOf } from '../../../topics/catalogue.ts'
import { share } from '../../../topics/connection.ts'
import { events } from '../../../schemas/events.ts'
import { applicationItem, claimedApplication } from '../../support/applications.ts'
import { testContext } from '../../support/context.ts'
import { memoryTopics } from '../../support/memory-topics.ts'
import { azureCase, blobsIn } from './azure-case.ts'

const signal = AbortSignal.timeout(60_000)
const ledger = '_courant/azure.applications-raw/_topics.json'

test('a container that is behind its group is filled from where it is: another one from the beginning, a restored one from its copy', async () => {
  const target = await azureCase()
  const { connection } = await memoryTopics({ env: target.env })
  const pipeline = azureSinks.find(({ name }) => name === 'azure.applications-raw')
  assert.ok(pipeline)
  const contextOf = (env: Record<string, string> = {}) => {
    const context = testContext({ ...target.env, ...env }, pipeline.name)
    share(context.settings, connection)
    return context
  }
  const add = async (from: number, to: number) => {
    const writer = await topicOf(events.claimedApplication).writer().open(contextOf())
    const items = Array.from({ length: to - from }, (_, n) =>
      applicationItem(
        claimedApplication(from + n, () => ({ documents: [] })),
        from + n
      )
    )
    await writer.write(items, { signal })
  }
  const fill = async (env: Record<string, string> = {}) => {
    const stop = new AbortController()
    const context = contextOf(env)
    await run(pipeline, {
      signal: AbortSignal.any([stop.signal, signal]),
      context,
      deadLetters: await memoryWriter<Failure>('dead letters').open(context),
      onBatch: (caughtUp) => caughtUp && stop.abort()
    })
    return context
  }
  const applications = async (store = target.raw) =>
    [...(await blobsIn(store)).keys()].filter((name) => name.startsWith('applications/')).length

  await add(0, 4)
  await fill()
  assert.equal(await applications(), 4)
  const copy = await blobsIn(target.raw)
  const noted = (await readText(target.raw, ledger)) ?? ''

  const other = await azureCase()
  await add(4, 6)
  await fill({ COURANT_APPLICATIONS_RAW: other.env['COURANT_APPLICATIONS_RAW'] ?? '' })
  assert.equal(await applications(other.raw), 6, 'a new container is filled from the beginning')
  assert.equal(await applications(), 4)

  await add(6, 7)
  await fill()
  assert.equal(await applications(), 7, 'nothing is missing')

  for (const name of (await blobsIn(target.raw)).keys()) if (!copy.has(name)) await target.raw.delete(name)
  await target.raw.put(ledger, bytesContent(noted))
  const restored = await fill()
  assert.equal(await applications(), 7, 'what the copy lacked is written again')
  assert.match(restored.warnings.join(), /read again from there/)

  // Of a container from before offsets were kept, only its group knows.
  await target.raw.delete(ledger)
  const older = await fill()
  assert.deepEqual(older.warnings, [])
  assert.match((await readText(target.raw, ledger)) ?? '', /"next"/)
})
