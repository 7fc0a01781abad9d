import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { runCourant } from '../support/run-courant.ts'
import { sharedStack } from '../support/stack.ts'
import { unique } from '../support/unique.ts'

describe('courant check', { timeout: 60_000 }, () => {
  const servers = sharedStack('kafka', 'registry', 'postgres', 'cassandra')
  const env = { ...servers, COURANT_TOPIC_PREFIX: `${unique('check')}.`, COURANT_LOG_LEVEL: 'silent' }

  it('names every missing topic and table, with what to do, and exits with 1', async () => {
    // Folders in place of which there is a file.
    const wrong = { COURANT_LAKE_URL: import.meta.filename, COURANT_GOLD_DIR: `${import.meta.filename}/gold` }
    const { code, out } = await runCourant(['check', 'postgres.users', 'silver.users', 'gold'], {
      env: { ...env, ...wrong }
    })
    assert.equal(code, 1)
    assert.match(
      out,
      /^silver\.users: COURANT_LAKE_URL: the folder .* cannot be made or written \(ENOTDIR\)/m
    )
    assert.match(out, /^gold: COURANT_GOLD_DIR: the folder .* cannot be made or written \(ENOTDIR\)/m)
    assert.match(out, /^activity\.users\.changes: create \(run `courant topics apply`\)$/m)
    assert.match(out, /^postgres\.users: [^]*table "public"\."PG_Users" is not in database/m)
  })

  it('says which server does not answer, and why', async () => {
    const { code, out } = await runCourant(['check', 'postgres.users'], { env: { ...env, PGPORT: '1' } })
    assert.equal(code, 1)
    assert.match(out, /^postgres\.users: .*ECONNREFUSED/m)
    assert.doesNotMatch(out, /aborted/)
  })

  it('names the sources, too, when Kafka is away, and a setting that is misspelt', async () => {
    const away = { COURANT_KAFKA_BROKERS: '127.0.0.1:1', PGPORT: '1', COURANT_KAFKA_BROKER: 'a:1' }
    const { code, out } = await runCourant(['check', 'postgres.users'], { env: { ...env, ...away } })
    assert.equal(code, 1)
    assert.match(out, /^COURANT_KAFKA_BROKER is no setting/m)
    assert.match(out, /^Kafka could not .*ECONNREFUSED.*COURANT_KAFKA_BROKERS/m)
    assert.match(out, /^postgres\.users: .*ECONNREFUSED/m)
    assert.doesNotMatch(out, /COURANT_KAFKA_BROKERS is no setting|COURANT_TOPIC_PREFIX/)
  })

  it('says which data centres there are when another is named, and ends', async () => {
    const { code, out } = await runCourant(['check', 'cassandra.user-purchases'], {
      env: { ...env, COURANT_CASSANDRA_DATACENTER: 'elsewhere' }
    })
    assert.equal(code, 1)
    assert.match(out, /^cassandra\.user-purchases: .*'elsewhere'.*data centers: \[datacenter1\]/m)
  })

  it('refuses a name that no pipeline has', async () => {
    const { code, err } = await runCourant(['check', 'postgres.nothing'], { env })
    assert.equal(code, 2)
    assert.match(err, /No pipeline is named postgres\.nothing/)
  })
})
