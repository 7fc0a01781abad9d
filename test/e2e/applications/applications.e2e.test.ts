import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it, type TestContext } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { randomFrom } from '../../../local/sample/random.ts'
import { closeConnections, connectionFor } from '../../../topics/connection.ts'
import { eventually } from '../../support/eventually.ts'
import { installPython, whyNoPython } from '../../support/python.ts'
import { canaries, canary, secrets } from './canary.ts'
import { allRecords, applicationGroups, collectExports, recordsBehind } from './collect-exports.ts'
import { blobEtags } from './exported-blobs.ts'
import { exportViolations } from './export-violations.ts'
import { RecruitmentBackEnd } from './recruitment-back-end.ts'
import { type RecruitmentWorld, startRecruitmentWorld } from './recruitment-world.ts'

const perSecond = 50
const applications = 80
const seed = process.env['COURANT_TEST_SEED'] ?? String(Date.now())
const random = randomFrom(seed)
const noPython = whyNoPython()
const azureSdk = 'azure-storage-blob==12.27.1'
/** Without any of the records behind becoming fewer. */
const settleMs = 120_000

describe(`job applications while all is killed under ${perSecond} webhooks a second (COURANT_TEST_SEED=${seed})`, () => {
  let world: RecruitmentWorld
  let backEnd: RecruitmentBackEnd

  before(async () => {
    world = await startRecruitmentWorld(applications)
    backEnd = await RecruitmentBackEnd.on({
      database: world.database,
      url: world.webhookUrl,
      token: secrets.WEBHOOK_SECRET,
      seed
    })
    for (const one of world.processes.values()) one.start()
  })
  after(async () => {
    await closeConnections()
    await world.close()
  })

  it('ends each accepted version in one raw JSON with its documents; curated and features agree', async (t) => {
    await backEnd.tell(canary.id)
    for (const victim of victims()) {
      const load = new AbortController()
      const loaded = backEnd.run({ perSecond, signal: load.signal })
      await harm(victim, t)
      load.abort()
      await loaded
      for (const one of world.processes.values())
        assert.ok(one.isRunning, `${one.name} ended by itself after ${victim}:\n${one.output().slice(-3000)}`)
    }
    await world.courant(['applications', 'backfill', '--since', '24h'])
    const [accepted, refused] = [backEnd.accepted.length, Object.fromEntries(backEnd.refused)]
    t.diagnostic(`${accepted} accepted; other ends of calls: ${JSON.stringify(refused)}`)
    const healedAt = performance.now()
    await settle()
    t.diagnostic(`settled ${((performance.now() - healedAt) / 1000).toFixed(1)} s after the load`)
    assert.deepEqual(exportViolations(await collectExports(world, backEnd), new Set([canary.id])), [])
  })

  it('sends one alert for the dead letters of a pipeline', async () => {
    await eventually(() => world.teams.received.length > 0, { what: 'an alert' })
    assert.equal(world.teams.received.length, 1)
    assert.match(JSON.stringify(world.teams.received[0]?.body), /azure\.applications-function/)
  })

  it('leaves secrets and personal data out of logs, metrics, names, keys, headers and calls', async () => {
    const places = await visiblePlaces()
    for (const [place, text] of places) {
      assert.ok(text.length > 0, `${place} is empty`)
      const found = text.toLowerCase()
      for (const secret of [...canaries, accountKey()])
        assert.ok(!found.includes(secret.toLowerCase()), `${place} has “${secret}”`)
    }
  })

  it('can be read with the Azure SDK for Python', { skip: noPython ?? false }, async (t) => {
    const python = await installPython(azureSdk.replace('==', '-'), [azureSdk], (line) => t.diagnostic(line))
    const script = join(import.meta.dirname, 'blob_facts.py')
    const { stdout } = await promisify(execFile)(python, [script, 'raw', 'curated', 'features'], {
      env: { AZURE_STORAGE_CONNECTION_STRING: world.connectionString },
      maxBuffer: 100_000_000
    })
    const blobs = stdout.trim().split('\n').map(factsOf)
    assert.deepEqual(
      new Set(blobs.map(({ name }) => name)),
      new Set((await blobEtags(world.settings)).keys())
    )
    for (const blob of blobs) checkBlob(blob)
  })

  it('is untouched, blob by blob, when everything is replayed', async (t) => {
    for (const one of world.processes.values())
      assert.equal(await one.end('SIGTERM'), 0, one.output().slice(-3000))
    const before = await blobEtags(world.settings)
    await rewind()
    t.diagnostic(`again: ${JSON.stringify(await recordsBehind(world))}, for ${before.size} blobs`)
    for (const name of ['processors', 'sinks']) world.processes.get(name)?.start()
    await settle()
    const now = await blobEtags(world.settings)
    const names = [...new Set([...before.keys(), ...now.keys()])]
    assert.deepEqual(
      names.filter((name) => before.get(name) !== now.get(name)),
      []
    )
  })

  /** Each process, each server and a backfill once, in random order. */
  function victims(): string[] {
    const all = [...world.processes.keys(), ...world.servers.keys(), 'storage', 'backfill']
    const shuffled = all.map((name) => ({ name, at: random.next() })).toSorted((a, b) => a.at - b.at)
    return shuffled.map(({ name }) => name)
  }

  async function harm(victim: string, t: TestContext): Promise<void> {
    t.diagnostic(`harming ${victim}`)
    // The load goes on for a while with the victim alive, and for another with it dead: this is the fault itself.
    await wait(random.next() * 1000)
    const server = [...world.servers.values()].find(({ name }) => name === victim)
    if (victim === 'storage') await misbehave()
    else if (victim === 'backfill') await cutBackfill()
    // Stopped in order: Azurite saves its index every five seconds, and killed it forgets what it has acknowledged.
    else if (victim === 'azurite') await server?.restart()
    else if (server) {
      await server.kill('SIGKILL')
      await wait(random.next() * 2000)
      await server.restart()
    } else {
      await world.processes.get(victim)?.end('SIGKILL')
      await wait(random.next() * 1000)
      world.processes.get(victim)?.start()
    }
  }

  /** Killed somewhere between its start and its end, which the backfill after all faults makes good. */
  async function cutBackfill(): Promise<void> {
    const backfill = world.command(['applications', 'backfill', '--since', '24h'])
    backfill.start()
    await wait(500 + random.next() * 1500)
    await backfill.end('SIGKILL')
  }

  /** 503, 409, 412 and cut connections, until each has struck. */
  async function misbehave(): Promise<void> {
    const soon = () => ({ skip: random.int(10), times: 5 + random.int(5) })
    const { storage } = world
    const struck = [
      storage.inflict({ harm: { status: 503, code: 'ServerBusy' }, ...soon() }),
      storage.inflict({ method: 'PUT', harm: { status: 409, code: 'BlobAlreadyExists' }, ...soon() }),
      storage.inflict({ method: 'PUT', harm: { status: 412, code: 'ConditionNotMet' }, ...soon() }),
      storage.inflict({ harm: 'cut', ...soon() }),
      storage.inflict({ method: 'PUT', harm: 'cut-answer', ...soon() })
    ]
    await eventually(() => struck.every((count) => count() >= 5), { timeoutMs: 60_000, what: 'every fault' })
    storage.heal()
  }

  async function settle(): Promise<void> {
    const check = async () => {
      assert.deepEqual(await recordsBehind(world), {})
      return true
    }
    await eventually(check, { timeoutMs: settleMs, what: 'no record behind' })
  }

  /** Every group begins anew at the earliest offset. */
  async function rewind(): Promise<void> {
    const admin = await connectionFor(world.settings).kafka.admin()
    try {
      for (const { name, reads } of applicationGroups) {
        await eventually(async () => (await admin.members(name)) === 0, { what: `nobody in ${name}` })
        for (const topic of reads) {
          const offsets = await admin.offsets(topic)
          await admin.setCommitted(
            name,
            offsets.map(({ partition, low }) => ({ topic, partition, offset: low }))
          )
        }
      }
    } finally {
      await admin.close()
    }
  }

  const accountKey = () => /AccountKey=([^;]+)/.exec(world.connectionString)?.[1] ?? ''

  /** Everything that people and other systems get to see, by what it is. */
  async function visiblePlaces(): Promise<ReadonlyMap<string, string>> {
    const places = new Map<string, string>()
    const logs = join(world.folder, 'logs')
    for (const file of readdirSync(logs).filter((name) => name.startsWith('courant-')))
      places.set(file, readFileSync(join(logs, file), 'utf8'))
    for (const one of world.processes.values())
      places.set(`metrics of ${one.name}`, await (await fetch(`${one.pagesUrl()}/metrics`)).text())
    places.set('names of blobs', [...(await blobEtags(world.settings)).keys()].join('\n'))
    const records = await allRecords(world)
    places.set('keys of records', records.map(({ key }) => String(key)).join('\n'))
    places.set('headers', records.map(({ headers }) => JSON.stringify(textsOf(headers))).join('\n'))
    const bodies = [...world.functions.receiver.received, ...world.teams.received].map(({ body }) => body)
    places.set('bodies of calls', JSON.stringify(bodies))
    return places
  }
})

const textsOf = (headers: Readonly<Record<string, Buffer>>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))

interface BlobFacts {
  readonly name: string
  readonly metadata: Readonly<Record<string, string>>
  readonly content_type: string
  readonly sha256: string
  readonly entity_id: string | null
  readonly is_pdf: boolean
}

const factsOf = (line: string) => JSON.parse(line) as BlobFacts

function checkBlob({ name, metadata, content_type, sha256, entity_id, is_pdf }: BlobFacts): void {
  assert.equal(metadata['sha256'], sha256, name)
  const [, kind, id] = /\/(?:(json|documents)\/)([0-9a-f-]{36})/.exec(name) ?? []
  if (kind === 'json') assert.deepEqual([content_type, entity_id], ['application/json', id], name)
  else if (kind === 'documents') {
    assert.deepEqual([content_type, is_pdf], ['application/pdf', true], name)
    const { type = '', application_id, ready_for_ocr } = metadata
    assert.deepEqual([application_id, ready_for_ocr], [id, 'true'], name)
    assert.ok(name.includes(`/${type}_`), name)
  } else assert.equal(content_type, 'application/vnd.apache.parquet', name)
}
