import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { test } from 'node:test'
import { settingsFrom } from '../../../runtime/settings.ts'
import { events } from '../../../schemas/events.ts'
import { topicOf } from '../../../topics/catalogue.ts'
import { closeConnections } from '../../../topics/connection.ts'
import { eventually } from '../../support/eventually.ts'
import { readTopic } from '../../support/read-topic.ts'
import { FilesWorld } from './files-world.ts'

const seed = Number(process.env['COURANT_TEST_SEED'] ?? randomInt(1_000_000))
const rounds = Number(process.env['COURANT_TEST_ROUNDS'] ?? 2)
const perRound = 6
const rowsPerFile = 40
/** Of each row, as their contract has it: the year and the count are further columns there. */
const longRows = 2

/** A file of invented figures; each has rows of its own. */
const content = (n: number) =>
  `departement;annee;faits\n${Array.from({ length: rowsPerFile }, (_, row) => `${String((row % 95) + 1).padStart(2, '0')};${1000 + n};${n * 1000 + row}`).join('\n')}\n`

function* random(from: number): Generator<number, never> {
  for (let state = from; ; ) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    yield state / 2_147_483_648
  }
}

test(`dropped files are told of, filed and read once, whoever is killed (COURANT_TEST_SEED=${seed})`, async (t) => {
  const world = await FilesWorld.start(t)
  const next = random(seed)
  const pick = <T>(of: readonly T[]) => of[Math.floor(next.next().value * of.length)] as T
  let dropped = 0
  const drop = async () => {
    const n = dropped++
    // A store that was just killed takes it a little later.
    await eventually(
      () =>
        world.bucket.put(`input/crime/faits ${n}.csv`, content(n)).then(
          () => true,
          () => false
        ),
      { timeoutMs: 60_000, what: `file ${n} is dropped` }
    )
  }
  const places = async () => ({ input: await world.names('input/'), raw: await world.names('raw/') })
  const settled = async () => {
    const read = (await world.names('metadata/crime/')).filter((name) =>
      name.endsWith('.quality.json')
    ).length
    if (read < dropped) throw new Error(`${dropped - read} are not read`)
    return true
  }

  for (let n = 0; n < 2; n++) world.startWorker({ COURANT_FILES_LIST_MS: '1000' })
  await drop()
  await eventually(settled, { timeoutMs: 120_000, what: 'the first file is read' })
  // MinIO has told of it, over HTTP and with the token; the listing may have been faster.
  const isTold = async () => {
    const told = await readTopic(topicOf(events.arrivedFile), settingsFrom(world.env))
    return told.some(
      ({ key, value }) => key === 'input/crime/faits 0.csv' && value.told_by === 'notification'
    )
  }
  await eventually(isTold, { timeoutMs: 60_000, what: 'the notification is in the topic' })
  await closeConnections()

  for (let round = 0; round < rounds; round++) {
    const victim = pick(['worker-1', 'worker-2', 'both', 'minio', 'kafka', 'door'])
    t.diagnostic(`round ${round + 1}: kill -9 ${victim}`)
    const drops = (async () => {
      for (let n = 0; n < perRound; n++) await drop()
    })()
    await new Promise((resolve) => setTimeout(resolve, next.next().value * 1_500))
    if (victim === 'minio' || victim === 'kafka') {
      const server = world.stack.servers.get(victim)!
      await server.kill()
      await server.restart()
    } else {
      const killed = [world.door, ...world.workers].filter(
        ({ name }) => name === victim || (victim === 'both' && name.startsWith('worker'))
      )
      for (const one of killed) await one.end('SIGKILL')
      for (const one of killed) one.start()
    }
    await drops
    for (const worker of world.workers) if (!worker.isRunning) worker.start()
    await eventually(settled, { timeoutMs: 180_000, what: `round ${round + 1} is read` })
    await eventually(async () => (await places()).input.length === 0, {
      timeoutMs: 120_000,
      what: 'input is empty'
    })
    assert.equal((await places()).raw.length, dropped, 'each file lies in raw, once')
  }

  const datasets = (await world.names('output/argent/crime/')).filter((name) =>
    name.endsWith('_current.json')
  )
  const lists = await Promise.all(
    datasets.map((name) => world.current(name.slice('output/argent/'.length, -'/_current.json'.length)))
  )
  const files = lists.flatMap((list) => list.files)
  assert.equal(files.length, dropped, 'every file counts')
  assert.equal(new Set(files.map(({ raw }) => raw)).size, dropped)
  assert.equal(
    files.reduce((sum, { rows }) => sum + rows, 0),
    dropped * rowsPerFile * longRows,
    'no line is lost or doubled'
  )
})
