import assert from 'node:assert/strict'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { fillSample } from '../../local/sample/fill-sample.ts'
import { randomFrom } from '../../local/sample/random.ts'
import { trickle } from '../../local/sample/trickle.ts'
import { objectStoreFor } from '../../runtime/object-store/object-store-for.ts'
import { tableList } from '../../schemas/tables.ts'
import { closeConnections, connectionFor } from '../../topics/connection.ts'
import { eventually } from '../support/eventually.ts'
import { temporaryFolder } from '../support/stack.ts'
import {
  type Seen,
  leaks,
  personal,
  plantPerson,
  seenInDatabase,
  seenInFolder,
  seenInObjects,
  seenInTopics,
  seenOnPages
} from './canaries.ts'
import { collectEvidence } from './collect-evidence.ts'
import { type Evidence, committedAhead, lagging, violations } from './invariants.ts'
import { copyLake, fileViolations } from './lake-files.ts'
import { type World, eventuallyEndToEnd, lags, startWorld } from './world.ts'

/** Those that local/sample makes and fills. */
const sampleTables = tableList.filter(({ domain }) => domain === 'activity')

const rounds = 10
const perSecond = 40
/** I8: the promise itself, and the only time tested here. It took 4 s, and 30 s on two cores with a load of 25. */
const healMs = 60_000
const seed = process.env['COURANT_TEST_SEED'] ?? String(Date.now())
const random = randomFrom(seed)

let world: World

before(async () => {
  world = await startWorld()
  await fillSample({ seed: 7, users: 60, days: 3, eventsPerUserDay: 10, endingAt: new Date() }, world.sources)
  await plantPerson(world.sources)
  for (const one of world.processes.values()) one.start()
})

after(async () => {
  await closeConnections()
  await world.close()
})

test(`every process and every server is killed under load, and nothing is lost or doubled (COURANT_TEST_SEED=${seed})`, async (t) => {
  await eventuallyEndToEnd('every pipeline has committed', async () => (await committed()) > 0)
  const load = new AbortController()
  const loaded = trickle({ signal: load.signal, perSecond, seed: 11 }, world.sources)
  for (const victim of victims()) {
    t.diagnostic(`kill -9 ${victim}`)
    await killAndRestart(victim)
    const reached = await committed()
    await eventuallyEndToEnd(
      `records go on after ${victim} was killed`,
      async () => (await committed()) > reached
    )
    for (const one of world.processes.values())
      assert.ok(
        one.isRunning,
        `${one.name} ended by itself when ${victim} was killed:\n${one.output().slice(-3000)}`
      )
  }
  load.abort()
  t.diagnostic(`load: ${JSON.stringify(await loaded)}`)
  const healedAt = performance.now()
  const sinceHealed = () =>
    `${((performance.now() - healedAt) / 1000).toFixed(1)} s after the last fault healed`
  const nothingLags = async () => {
    assert.deepEqual(lagging(await lags(world)), [])
    return true
  }
  await eventually(nothingLags, { timeoutMs: healMs, what: 'no lag' })
  t.diagnostic(`no lag ${sinceHealed()}`)
  await eventuallyEndToEnd('sinks agree with the sources', async () => {
    assert.deepEqual(await found(violations), [])
    return nothingLags()
  })
  t.diagnostic(`settled ${sinceHealed()}`)
})

test('Gold, too, comes to what Silver gives, while it runs', async () => {
  await eventuallyEndToEnd('Gold equals Gold rebuilt from Silver', async () => {
    const { output, code } = await checkGold()
    assert.equal(code, 0, output)
    return true
  })
})

test('memory stays bounded and nothing was rejected unhandled (I9)', (t) => {
  for (const one of world.processes.values()) {
    const megabytes = one.peakBytes() / 1e6
    t.diagnostic(`${one.name}: at most ${megabytes.toFixed(0)} MB`)
    assert.ok(megabytes < 500, `${one.name} held ${megabytes.toFixed(0)} MB`)
    assert.doesNotMatch(one.output(), /unhandled/i)
  }
})

test('neither passwords nor personal data reached topics, pages, logs or state (I12)', async () => {
  const folder = (name: string, isData: boolean) => seenInFolder(join(world.dataDir, name), { isData })
  assertNoLeaks([
    ...(await seenInTopics(connectionFor(world.settings).kafka)),
    ...(await seenOnPages([...world.processes.values()])),
    ...folder('logs', false),
    ...folder('state', true),
    ...folder('gold', true)
  ])
})

test('told to stop, every process finishes its batch and exits with 0', async () => {
  for (const one of world.processes.values())
    assert.equal(await one.end('SIGTERM'), 0, one.output().slice(-3000))
})

test('Gold as the process left it equals Gold rebuilt from Silver', async () => {
  const { output, code } = await checkGold()
  assert.equal(code, 0, output)
})

test('files of the lake follow each other and hold what they say (I5); no sink has a password (I12)', async (t) => {
  const folder = temporaryFolder(t)
  const files = await copyLake(await objectStoreFor(world.settings), folder)
  t.diagnostic(`${files.length} files`)
  assert.deepEqual(await fileViolations(files), [])
  const analytics = join(folder, 'analytics.duckdb')
  copyFileSync(join(world.dataDir, 'analytics.duckdb'), analytics)
  assertNoLeaks([...(await seenInObjects(files)), ...(await seenInDatabase(analytics))])
})

/** Each process and server once, in random order, and one more. */
function victims(): string[] {
  const all = [...world.processes.keys(), ...world.servers.keys()]
  const shuffled = all.map((name) => ({ name, at: random.next() })).toSorted((a, b) => a.at - b.at)
  const names = shuffled.map(({ name }) => name)
  while (names.length < rounds) names.push(all[Math.floor(random.next() * all.length)] as string)
  return names
}

async function killAndRestart(victim: string): Promise<void> {
  // The load goes on for a while with the victim alive, and for another with it dead: this is the fault itself.
  await wait(random.next() * 2000)
  const server = [...world.servers.values()].find(({ name }) => name === victim)
  if (server) {
    await server.kill('SIGKILL')
    await wait(random.next() * 3000)
    await server.restart()
  } else {
    await world.processes.get(victim)?.end('SIGKILL')
    await wait(random.next() * 1000)
    // While it is dead nothing can make good what it has committed too early.
    if (victim === 'lake' || victim === 'gold') assert.deepEqual(await found(committedAhead), [])
    world.processes.get(victim)?.start()
  }
}

/** All offsets that the pipelines have committed, added up; it grows while records flow through any of them. */
async function committed(): Promise<number> {
  const admin = await connectionFor(world.settings).kafka.admin()
  try {
    const groups = await admin.groups()
    const names = (await admin.topics()).map(({ name }) => name)
    const offsets = await Promise.all(groups.map((group) => admin.committed(group, names)))
    return offsets.flat().reduce((sum, { offset }) => sum + offset, 0)
  } finally {
    await admin.close()
  }
}

async function found(check: (evidence: Evidence) => string[]): Promise<string[]> {
  const sentences: string[] = []
  for (const table of sampleTables) sentences.push(...check(await collectEvidence(table, world)))
  return sentences
}

/** The planted person must be seen where personal data belongs: else the search would prove nothing. */
function assertNoLeaks(seen: readonly Seen[]): void {
  assert.ok(seen.some(({ text, isData }) => isData && text.toLowerCase().includes(personal)))
  assert.deepEqual(leaks(seen), [])
}

const checkGold = () =>
  world.courant(['gold', 'rebuild', '--from', dayAgo(10), '--to', dayAgo(-1), '--check'])

const dayAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10)
