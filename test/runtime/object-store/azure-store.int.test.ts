import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { inspect } from 'node:util'
import { CourantError, type ErrorCode } from '../../../runtime/errors.ts'
import {
  checkContainer,
  containerSetting,
  openContainer
} from '../../../runtime/object-store/azure-container.ts'
import { bytesContent } from '../../../runtime/object-store/content.ts'
import { readText } from '../../../runtime/object-store/object-store.ts'
import { createLog } from '../../../runtime/observability.ts'
import { settingsFrom } from '../../../runtime/settings.ts'
import { objectStoreContract } from '../../contracts/object-store.contract.ts'
import { blobOrigin, connectionStringVia, HttpFaultProxy } from '../../support/http-fault-proxy.ts'
import { sharedStack } from '../../support/stack.ts'
import { unique } from '../../support/unique.ts'

const stack = () => sharedStack('azurite')
const connectionString = () => stack()['AZURE_STORAGE_CONNECTION_STRING'] ?? ''

const open = (env: Record<string, string> = {}, container = unique('store')) =>
  openContainer(settingsFrom({ ...stack(), ...env }), containerSetting('TEST_CONTAINER', '', container))

const isError = (code: ErrorCode) => (error: unknown) => error instanceof CourantError && error.code === code

objectStoreContract('the Azure store', () => open())

describe('the Azure store', () => {
  let proxy: HttpFaultProxy
  let viaProxy: Record<string, string>
  before(async () => {
    proxy = await HttpFaultProxy.start(blobOrigin(connectionString()))
    viaProxy = {
      AZURE_STORAGE_CONNECTION_STRING: connectionStringVia(connectionString(), proxy.url),
      COURANT_AZURE_IDLE_MS: '200'
    }
  })
  afterEach(() => proxy.heal())
  after(() => proxy.close())

  it('gets over faults that pass', async () => {
    const store = await open(viaProxy)
    for (const harm of [{ status: 503 }, { status: 500 }, 'cut', 'silence'] as const) {
      const name = unique('passing')
      const struck = proxy.inflict({ harm, times: 1 })
      assert.ok(await store.put(name, bytesContent('x'), { ifNoneMatch: '*' }), JSON.stringify(harm))
      assert.equal(struck(), 1)
    }
  })

  it('will be asked again when a fault stays', async () => {
    const store = await open(viaProxy)
    for (const harm of [{ status: 503, code: 'ServerBusy' }, { status: 429 }, 'cut', 'silence'] as const) {
      proxy.inflict({ harm })
      const what = JSON.stringify(harm)
      await assert.rejects(store.put('x', bytesContent('x')), isError('TARGET_UNAVAILABLE'), what)
      await assert.rejects(store.head('x'), isError('TARGET_UNAVAILABLE'), what)
      await assert.rejects(readText(store, 'x'), isError('TARGET_UNAVAILABLE'), what)
      proxy.heal()
    }
    await store.put('x', bytesContent('x'))
  })

  it('says null to its own repetition of a put whose answer was lost, and the blob is there', async () => {
    const store = await open(viaProxy)
    proxy.inflict({ method: 'PUT', harm: 'cut-answer', times: 1 })
    assert.equal(await store.put('lost', bytesContent('x'), { ifNoneMatch: '*' }), null)
    assert.equal(await readText(store, 'lost'), 'x')
  })

  it('keeps a blob that is locked or immutable apart from one that was replaced', async () => {
    const store = await open(viaProxy)
    proxy.inflict({ harm: { status: 412, code: 'LeaseIdMissing' }, times: 1 })
    await assert.rejects(store.put('x', bytesContent('x')), isError('TARGET_UNAVAILABLE'))
    proxy.inflict({ harm: { status: 409, code: 'BlobImmutableDueToPolicy' }, times: 1 })
    await assert.rejects(store.put('x', bytesContent('x')), isError('TARGET_REFUSED'))
  })

  it('says what is wrong when the key or the container is refused, and never the key', async () => {
    const canary = Buffer.from('canary-of-an-account-key').toString('base64')
    const wrong = connectionString().replace(/AccountKey=[^;]+/, `AccountKey=${canary}`)
    const error: unknown = await open({ AZURE_STORAGE_CONNECTION_STRING: wrong }).catch((error) => error)
    assert.ok(isError('TARGET_REFUSED')(error))
    const lines: string[] = []
    createLog('info', { write: (line: string) => lines.push(line) } as never).warn({ err: error }, 'refused')
    for (const text of [inspect(error, { depth: 10 }), ...lines])
      assert.ok(!text.includes(canary) && !text.includes('canary'))
    await assert.rejects(open({}, 'Not A Container'), isError('CONFIG_INVALID'))
    await assert.rejects(
      open({ AZURE_STORAGE_CONNECTION_STRING: `AccountKey=${canary}` }),
      (error) => isError('CONFIG_INVALID')(error) && !inspect(error).includes(canary)
    )
  })

  it('is checked without making a container', async () => {
    const container = containerSetting('TEST_CONTAINER', '', unique('unmade'))
    await checkContainer(settingsFrom(stack()), container)
    await checkContainer(settingsFrom(stack()), container)
    const wrong = connectionString().replace(/AccountKey=[^;]+/, 'AccountKey=d3Jvbmc=')
    const settings = settingsFrom({ AZURE_STORAGE_CONNECTION_STRING: wrong })
    await assert.rejects(checkContainer(settings, container), isError('TARGET_REFUSED'))
  })

  it('will be asked again when nobody listens', async () => {
    const env = {
      AZURE_STORAGE_CONNECTION_STRING: connectionStringVia(connectionString(), 'http://127.0.0.1:1')
    }
    await assert.rejects(open(env), isError('TARGET_UNAVAILABLE'))
  })
})
