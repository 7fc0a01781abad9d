import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { settingsFrom } from '../../runtime/settings.ts'
import { deadLetterTopic, topicsOf } from '../../topics/catalogue.ts'
import { closeConnections, connectionFor } from '../../topics/connection.ts'
import { deadLetterWriter } from '../../topics/letters/dead-letters.ts'
import { erpTopic } from '../../topics/erp-changes.ts'
import { CourantError } from '../../runtime/errors.ts'
import type { Position } from '../../runtime/pipeline.ts'
import { applyPlan, planTopics } from '../../topics/plan.ts'
import { tables } from '../../schemas/tables.ts'
import { sampleUser, userChange } from '../support/changes.ts'
import { testContext } from '../support/context.ts'
import { CourantProcess } from '../support/courant-process.ts'
import { deleteTopics } from '../support/delete-topics.ts'
import { eventually } from '../support/eventually.ts'
import { runCourant } from '../support/run-courant.ts'
import { sharedStack, temporaryFolder } from '../support/stack.ts'
import { unique } from '../support/unique.ts'

const topic = 'activity.users.clean'
const pipeline = 'silver.users'
const lines = (...values: unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('')
const linesOf = (text: string) => text.trim().split('\n')

describe('the verbs about topics', { timeout: 600_000 }, () => {
  const env = { ...sharedStack('kafka', 'registry'), COURANT_TOPIC_PREFIX: `${unique('cli')}.` }
  const courant = (...args: string[]) => runCourant(args, { env })
  const publish = (input: string, ...args: string[]) =>
    runCourant(['publish', topic, '--stdin', ...args], { env, input })
  const tail = async (...args: string[]) =>
    linesOf((await courant('topics', 'tail', topic, ...args)).out).map((line) => JSON.parse(line))

  after(async () => {
    await deleteTopics(settingsFrom(env))
    await closeConnections()
  })

  it('plan, apply, and have nothing left to do', async () => {
    const plan = await courant('topics', 'plan')
    assert.match(plan.out, /^create +activity\.users\.clean/m)
    assert.match(plan.out, /^register schema +activity\.users\.clean +UserChange/m)
    assert.equal((await courant('topics', 'apply')).code, 0)
    assert.equal((await courant('topics', 'plan')).out, 'Topics and schemas are as declared.\n')
    assert.deepEqual(JSON.parse((await courant('topics', 'plan', '--json')).out), [])
  })

  it('plan what the systems that are on need, and nothing of others', async () => {
    const planned = async (systems: string) => {
      const { out } = await runCourant(['topics', 'plan', '--json'], {
        env: { ...env, COURANT_TOPIC_PREFIX: `${unique('other')}.`, COURANT_SYSTEMS: systems }
      })
      const rows = JSON.parse(out) as { topic: string }[]
      return new Set(rows.map(({ topic: name }) => name.split('.')[0]))
    }
    const applications = await planned('applications')
    assert.ok(applications.has('applications'))
    assert.ok(!applications.has('activity') && !applications.has('gold') && !applications.has('silver'))
    assert.ok(!(await planned('activity')).has('applications'))
  })

  it('say why something cannot be applied, instead of to apply it', async () => {
    const fewer = await runCourant(['check', 'clean-users'], {
      env: { ...env, COURANT_KAFKA_PARTITIONS: '1' }
    })
    assert.match(fewer.out, /^activity\.users\.clean has 3 partitions and cannot go down to 1: /m)
    assert.doesNotMatch(fewer.out, /refuse|topics apply/)
  })

  it('publish valid lines, and nothing when one of them is not', async () => {
    const wrong = { ...userChange(9).value, op: 'x' }
    const refused = await publish(`${lines(userChange(8).value, wrong)}not json\n`)
    assert.equal(refused.code, 1)
    assert.match(
      refused.err,
      /^line 2: op is not of type courant\.Op\nline 3: not valid JSON\n.*nothing was published/
    )
    const published = await publish(lines(userChange(1).value, userChange(2).value))
    assert.equal(published.out, `2 published to ${topic}, 0 left out\n`)
    const partly = await publish(lines(userChange(3).value, wrong), '--skip-invalid')
    assert.deepEqual([partly.code, partly.out], [0, `1 published to ${topic}, 1 left out\n`])
    const { out } = await courant('topics', 'list', '--json')
    const listed = JSON.parse(out).find((row: { topic: string }) => row.topic === topic)
    assert.deepEqual([listed.partitions, listed.records], [3, 3])
  })

  it('show the last values with personal data masked, unless asked', async () => {
    const masked = await tail()
    assert.deepEqual(
      masked.map(({ value }) => value.after.email),
      Array(3).fill('‹email›')
    )
    const [open] = await tail('--unmask', '--count', '1')
    assert.deepEqual(open.value.after, sampleUser(Number(open.key.slice(-12))))
  })

  it('say which file is not there', async () => {
    const { code, err } = await courant('publish', topic, '--file', '/nonexistent/lines.json')
    assert.equal(code, 2)
    assert.match(err, /there is no file \/nonexistent\/lines\.json/)
  })

  it('describe a topic', async () => {
    const { out } = await courant('topics', 'describe', topic)
    for (const part of ['PG_Users, clean', 'PARTITION', 'cleanup.policy=compact', 'before, after, source'])
      assert.ok(out.includes(part), part)
  })

  it('tell how far a pipeline is behind', async () => {
    const { code, out, err } = await courant('lag', pipeline, '--json')
    assert.equal(code, 0, err)
    const [row] = JSON.parse(out)
    assert.deepEqual(
      [row.pipeline, row.topic, row.records, row.members, row.status],
      [pipeline, topic, 3, 0, 'STOP']
    )
  })

  it('watch that until they are stopped, and end well then', async (t) => {
    const watch = new CourantProcess('lag', {
      args: ['lag', pipeline, '--watch'],
      env,
      logFile: join(temporaryFolder(t), 'lag.log')
    })
    watch.start()
    await eventually(() => watch.output().includes(topic))
    assert.equal(await watch.end('SIGINT'), 0)
    assert.doesNotMatch(watch.output(), /abort|stopped/)
  })

  it('list, show and replay dead letters', async () => {
    const context = testContext(env)
    const reader = await topicsOf(tables.users).clean.reader(pipeline).open(context)
    const signal = AbortSignal.timeout(60_000)
    const request = { limit: 1, lingerMs: 0, signal }
    let [item] = (await reader.read(request)).items
    while (!item) [item] = (await reader.read(request)).items
    await reader.close()
    const writer = await deadLetterWriter(pipeline).open(context)
    const error = new CourantError('RECORD_INVALID', 'a rule was broken')
    await writer.write([{ ...item, value: { item, error, stage: 'write' } }], { signal })
    assert.deepEqual(JSON.parse((await courant('dlq', 'list', '--json')).out), [
      { pipeline, kept: 1, waiting: 1 }
    ])
    const shown = JSON.parse((await courant('dlq', 'show', pipeline)).out)
    assert.deepEqual(
      [shown.code, shown.message, shown.value.after.email],
      ['RECORD_INVALID', 'a rule was broken', '‹email›']
    )
    assert.match((await courant('dlq', 'replay', pipeline, '--dry-run')).out, /dry run/)
    assert.match((await courant('dlq', 'replay', pipeline)).out, /activity\.users\.clean +1/)
    assert.equal((await courant('dlq', 'replay', pipeline)).out, 'Nothing to replay.\n')
  })

  it('show what they can of a topic when one record of it cannot be read', async () => {
    const { kafka } = connectionFor(settingsFrom(env))
    const producer = await kafka.producer()
    await producer.send([{ topic, partition: 0, key: 'x', value: Buffer.from('not Avro') }])
    await producer.close()
    const shown = await tail()
    const [unreadable] = shown.filter((record) => record.unreadable !== undefined)
    assert.ok(shown.length > 1)
    assert.deepEqual([unreadable.key, unreadable.bytes], ['x', 8])
    assert.match(unreadable.unreadable, /schema id/)
  })

  it('list, show and dismiss what was set aside of ERP tables, whose pipelines are not declared', async () => {
    const name = 'progress.client'
    const context = testContext(env)
    const connection = connectionFor(context.settings)
    assert.match((await courant('dlq', 'show', name)).err, /No pipeline is named progress\.client/)
    await applyPlan(await planTopics([deadLetterTopic(name)], connection, context.settings), connection)
    const item = { id: 'a', key: 'a', value: { name: 'x' }, position: '' as Position, at: new Date() }
    const error = new CourantError('RECORD_TOO_LARGE', 'a row is too large')
    const writer = await deadLetterWriter(name).open(context)
    const signal = AbortSignal.timeout(60_000)
    await writer.write([{ ...item, value: { item, error, stage: 'write' } }], { signal })
    const counts = JSON.parse((await courant('dlq', 'list', '--json')).out)
    assert.deepEqual(counts.at(-1), { pipeline: name, kept: 1, waiting: 1 })
    assert.equal(JSON.parse((await courant('dlq', 'show', name)).out).code, 'RECORD_TOO_LARGE')
    const replayed = await courant('dlq', 'replay', name)
    assert.deepEqual([replayed.code, replayed.out], [2, ''])
    assert.match(replayed.err, /courant etl load client full/)
    assert.match((await courant('dlq', 'dismiss', name)).out, /^1 dead letters/)
  })

  it('skip records of an ERP table, whose sink is not declared either', async () => {
    const connection = connectionFor(settingsFrom(env))
    const declared = [erpTopic('Client'), deadLetterTopic('ods.client')]
    await applyPlan(await planTopics(declared, connection, settingsFrom(env)), connection)
    const producer = await connection.kafka.producer()
    const record = { topic: 'erp.client.changes', partition: 0, key: 'marker', value: Buffer.from('odd') }
    await producer.send([record])
    const range = ['--partition', '0', '--to', '0', '--reason', 'no marker']
    const skip = (pipeline: string) =>
      courant('topics', 'skip', 'erp.client.changes', '--pipeline', pipeline, ...range)
    assert.match((await skip('ods.product')).err, /No pipeline ods\.product reads erp\.client\.changes/)
    assert.match((await skip('ods.client')).out, /offsets 0 to 0: 1 records/)
    const shown = JSON.parse((await courant('dlq', 'show', 'ods.client')).out)
    assert.deepEqual([shown.code, shown.message], ['SKIPPED', 'Passed by hand: no marker'])
  })
})
