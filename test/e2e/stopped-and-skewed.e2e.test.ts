import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { objectStoreFor } from '../../runtime/object-store/object-store-for.ts'
import { settingsFrom } from '../../runtime/settings.ts'
import { tables } from '../../schemas/tables.ts'
import { topicsOf } from '../../topics/catalogue.ts'
import { connectionFor } from '../../topics/connection.ts'
import { bronzeRows, silverRows } from '../sinks/lake/stored-rows.ts'
import { groupChange } from '../support/changes.ts'
import { testContext } from '../support/context.ts'
import { CourantProcess } from '../support/courant-process.ts'
import { deleteTopics } from '../support/delete-topics.ts'
import { eventually } from '../support/eventually.ts'
import { lagOf } from '../support/lag-of.ts'
import { runCourant } from '../support/run-courant.ts'
import { sharedStack } from '../support/stack.ts'
import { unique } from '../support/unique.ts'

/** Longer than a session, so that all of them are given up and come back; `COURANT_TEST_STOP_MS=60000` for a minute. */
const stopMs = Number(process.env['COURANT_TEST_STOP_MS'] ?? 15_000)
const hour = 3_600_000

const folder = mkdtempSync(join(tmpdir(), 'courant-skewed-'))
const env: Record<string, string> = {
  ...sharedStack('kafka', 'registry'),
  COURANT_TOPIC_PREFIX: `${unique('skewed')}.`,
  COURANT_SYSTEMS: 'activity',
  COURANT_KAFKA_SESSION_MS: '6000',
  COURANT_STATE_DIR: join(folder, 'state'),
  COURANT_LAKE_URL: join(folder, 'lake'),
  COURANT_LAKE_LINGER_MS: '1000',
  COURANT_OPERATOR_PORT: '0'
}
const stepped = {
  NODE_OPTIONS: `--import ${import.meta.resolve('../support/step-clock.ts')}`,
  STEP_CLOCK_MS: [hour, 0, -hour].join()
}
const courant = (name: string, args: readonly string[]) =>
  new CourantProcess(name, {
    args: ['run', ...args],
    env: { ...env, ...stepped },
    logFile: join(folder, 'logs', `${name}.log`)
  })
const processor = [courant('processor', ['clean-groups']), courant('second processor', ['clean-groups'])]
const sinks = ['bronze.groups', 'silver.groups']
const lake = [courant('lake', sinks), courant('second lake', sinks)]
const all = [...processor, ...lake]

after(async () => {
  await Promise.all(all.filter(({ isRunning }) => isRunning).map((one) => one.end('SIGKILL')))
  await deleteTopics(settingsFrom(env))
  rmSync(folder, { recursive: true, force: true })
})

test(`two of each, one stopped for ${stopMs / 1000} s, all with a clock that steps by an hour: each row once`, async (t) => {
  const applied = await runCourant(['topics', 'apply'], { env })
  assert.equal(applied.code, 0, applied.err)
  const { changes, clean } = topicsOf(tables.groups)
  const connection = connectionFor(settingsFrom(env))
  const groups = [
    { group: 'clean-groups', topics: [changes.name] },
    { group: 'bronze.groups', topics: [changes.name] },
    { group: 'silver.groups', topics: [clean.name] }
  ]
  const behind = async () => {
    for (const one of all) assert.ok(one.isRunning, `${one.name} ended:\n${one.output().slice(-3000)}`)
    const samples = [...(await lagOf(connection, groups, t.signal)).values()].flat()
    return samples.reduce((sum, { records }) => sum + records, 0)
  }
  const writer = await changes.writer().open(testContext(env))
  const load = new AbortController()
  let sent = 0
  const loading = (async () => {
    while (!load.signal.aborted) {
      await writer.write(
        Array.from({ length: 20 }, () => groupChange(sent++)),
        { signal: t.signal }
      )
      await wait(100)
    }
  })()
  for (const one of all) one.start()
  const committed = async () =>
    (
      await Promise.all(
        groups.map(async ({ group, topics }) => (await connection.kafka.admin()).committed(group, topics))
      )
    ).every((offsets) => offsets.length > 0)
  await eventually(committed, { timeoutMs: 90_000, what: 'all of them have begun' })

  const [first, second] = [
    [processor[0]!, lake[0]!],
    [processor[1]!, lake[1]!]
  ]
  for (const one of first) one.signal('SIGSTOP')
  // An hour ahead, and back to the truth.
  const stepAndWork = async (some: readonly CourantProcess[], ms: number) => {
    for (let step = 0; step < 2; step++) {
      for (const one of some) one.signal('SIGUSR2')
      await wait(ms)
    }
  }
  await stepAndWork(second, stopMs / 2)
  for (const one of first) one.signal('SIGCONT')
  await stepAndWork(first, 1_500)
  load.abort()
  await loading
  // An hour behind, just as nothing more comes: whoever waits for a time by that clock waits for an hour.
  for (const one of all) one.signal('SIGUSR2')
  await eventually(async () => (await behind()) === 0, { timeoutMs: 90_000, what: 'nothing is behind' })
  t.diagnostic(`${sent} rows`)
  for (const one of all) assert.equal(await one.end('SIGTERM'), 0, one.output().slice(-3000))

  const store = await objectStoreFor(settingsFrom(env))
  for (const rows of [await bronzeRows(store, 'groups'), await silverRows(store, 'groups')]) {
    const ids = rows.map(({ id }) => id)
    assert.deepEqual([new Set(ids).size, ids.length], [sent, sent])
  }
})
