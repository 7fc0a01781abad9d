import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Loaders } from '../../../processors/files/loading/loaders.ts'
import { BucketObjects } from '../../../runtime/object-store/bucket-objects.ts'
import { CourantError } from '../../../runtime/errors.ts'
import type { Context } from '../../../runtime/pipeline.ts'
import { settingsFrom } from '../../../runtime/settings.ts'
import { sharedStack } from '../../support/stack.ts'
import { unique } from '../../support/unique.ts'

const silent = () => undefined
const context = {
  log: { debug: silent, info: silent, warn: silent, error: silent },
  metrics: { count: silent, gauge: silent }
} as unknown as Context

test('a file is read in a process of its own, which is used again, started anew when it dies, and none of the others', async (t) => {
  const name = unique('drops')
  sharedStack('minio')
  process.env['COURANT_FILES_BUCKET'] = name
  const bucket = BucketObjects.of(settingsFrom(process.env))
  await bucket.make()
  const raw = 'raw/emploi/20261130T120000Z_chiffres.csv'
  await bucket.put(raw, 'code;valeur\na;1\nb;2\n')
  const loaders = new Loaders(context)
  t.after(() => loaders.close())
  const request = { raw, theme: 'emploi', etag: '' }
  const first = await loaders.load(request)
  assert.deepEqual(
    [first?.verdict, first?.dataset, first?.argent?.rows],
    ['accept', 'emploi/sans-contrat-chiffres', 2]
  )
  assert.deepEqual(await loaders.load(request), first, 'the same each time')
  assert.equal(await loaders.load({ ...request, raw: 'raw/emploi/20261130T120000Z_absent.csv' }), null)
  const ended = (code: string) => (error: unknown) => error instanceof CourantError && error.code === code
  for (const code of ['TARGET_UNAVAILABLE', 'FILE_REFUSED']) {
    const reading = loaders.load(request)
    loaders.close()
    await assert.rejects(reading, ended(code))
  }
  assert.equal((await loaders.load(request))?.argent?.rows, 2)
})
