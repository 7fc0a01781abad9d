import assert from 'node:assert/strict'
import { it } from 'node:test'
import { runCourant } from '../support/run-courant.ts'

it('the doctor also asks servers whose address names no port or stands in a connection string', async () => {
  const { code, out } = await runCourant(['doctor'], {
    env: {
      COURANT_REGISTRY_URL: 'http://courant:canary@nowhere.invalid/apis/ccompat/v7',
      COURANT_CASSANDRA_CONTACT_POINTS: 'nowhere.invalid',
      MINIO_ENDPOINT: 'nowhere.invalid',
      MINIO_USE_SSL: 'true',
      AZURE_STORAGE_CONNECTION_STRING: 'AccountKey=canary;BlobEndpoint=http://127.0.0.1:1/account;'
    }
  })
  assert.equal(code, 1)
  assert.match(out, /^COURANT_REGISTRY_URL: nothing answers on nowhere\.invalid:80 \(registry, /m)
  assert.match(out, /^COURANT_CASSANDRA_CONTACT_POINTS: nothing answers on nowhere\.invalid:9042 /m)
  assert.match(out, /^MINIO_ENDPOINT: nothing answers on nowhere\.invalid:443 /m)
  assert.match(out, /^AZURE_STORAGE_CONNECTION_STRING: nothing answers on 127\.0\.0\.1:1 /m)
  assert.doesNotMatch(out, /canary/)
})

it('the doctor names the servers that nobody configured and that do not answer, by where they are looked for', async () => {
  const { code, out } = await runCourant(['doctor'], { env: { COURANT_SYSTEMS: 'activity' } })
  assert.equal(code, 1)
  const looked =
    /^COURANT_CASSANDRA_CONTACT_POINTS: nothing answers on 127\.0\.0\.1:9042 \(cassandra, .*run `courant up`$/m
  assert.match(out, looked)
  assert.doesNotMatch(out, /Everything is in place|MINIO_ENDPOINT|AZURE/)
})

it('the doctor asks only for the databases of systems that are on, and tells machines the same', async () => {
  const env = {
    COURANT_SYSTEMS: 'applications',
    COURANT_LAKE_URL: 's3://lake',
    MINIO_ENDPOINT: 'nowhere.invalid'
  }
  const { code, out } = await runCourant(['doctor', '--json'], { env })
  assert.equal(code, 1)
  const { well, silent } = JSON.parse(out) as { well: boolean; silent: { server: string; address: string }[] }
  assert.equal(well, false)
  assert.ok(silent.some(({ server, address }) => server === 'minio' && address === 'nowhere.invalid:80'))
  assert.ok(!silent.some(({ server }) => server === 'cassandra'))
})
