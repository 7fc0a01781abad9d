import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { CourantError } from '../../runtime/errors.ts'
import { MetricsRegistry } from '../../runtime/observability.ts'
import { publishLag } from '../../topics/lag-metrics.ts'
import { eventually } from '../support/eventually.ts'
import { memoryTopics } from '../support/memory-topics.ts'

const topic = 'activity.users.clean'

describe('the metrics of lag', () => {
  it('tell records, age and status; what is unknown is NaN', async () => {
    const { context, connection } = await memoryTopics()
    const producer = await connection.producer()
    const timestamp = Date.now() - 60_000
    await producer.send([{ topic, partition: 0, key: 'k', value: Buffer.from('v'), timestamp }])
    const metrics = new MetricsRegistry()
    const stop = new AbortController()
    const groups = [
      {
        name: 'silver.users',
        topics: [topic],
        metrics: metrics.of('silver.users'),
        ageGauge: 'oldest_user_seconds'
      },
      { name: 'lost', topics: ['no.such.topic'], metrics: metrics.of('lost') }
    ]
    const published = publishLag(groups, { connection, log: context.log, signal: stop.signal, everyMs: 5 })
    await eventually(async () => {
      const text = await metrics.registry.metrics()
      assert.match(text, /courant_lag_records\{pipeline="silver.users",topic="activity.users.clean"\} 1\n/)
      assert.match(text, /courant_lag_seconds\{pipeline="silver.users",.*\} 6\d/)
      assert.match(text, /courant_oldest_user_seconds\{pipeline="silver.users"\} 6\d/)
      assert.match(text, /courant_lag_status\{pipeline="silver.users"\} 4\n/)
      assert.match(text, /courant_lag_records\{pipeline="lost",topic="no.such.topic"\} Nan\n/i)
      return true
    })
    stop.abort()
    await published
  })

  it('say UNKNOWN once Kafka does not tell any more, whatever they said before', async () => {
    const { context, connection } = await memoryTopics()
    let isDown = false
    const admin = () =>
      isDown ? Promise.reject(new CourantError('TOPICS_UNAVAILABLE', 'down')) : connection.kafka.admin()
    const metrics = new MetricsRegistry()
    const stop = new AbortController()
    const published = publishLag(
      [{ name: 'silver.users', topics: [topic], metrics: metrics.of('silver.users') }],
      {
        connection: { ...connection, kafka: { ...connection.kafka, admin } },
        log: context.log,
        signal: stop.signal,
        everyMs: 5
      }
    )
    const says = (status: number) =>
      eventually(async () =>
        (await metrics.registry.metrics()).includes(`courant_lag_status{pipeline="silver.users"} ${status}\n`)
      )
    await says(1)
    isDown = true
    await says(0)
    stop.abort()
    await published
  })

  it('say UNKNOWN of all groups soon after Kafka falls silent, though each question takes its time to fail', async (t) => {
    const { context, connection } = await memoryTopics()
    let isSilent = false
    let unanswered = 0
    const admin = async () => {
      const real = await connection.kafka.admin()
      const committed: typeof real.committed = async (...asked) => {
        if (!isSilent) return real.committed(...asked)
        unanswered++
        await wait(40)
        throw new CourantError('TOPICS_UNAVAILABLE', 'silent')
      }
      return { ...real, committed }
    }
    const metrics = new MetricsRegistry()
    const stop = new AbortController()
    t.after(() => stop.abort())
    const names = Array.from({ length: 50 }, (_, n) => `silver.${n}`)
    const published = publishLag(
      names.map((name) => ({ name, topics: [topic], metrics: metrics.of(name) })),
      {
        connection: { ...connection, kafka: { ...connection.kafka, admin } },
        log: context.log,
        signal: stop.signal,
        everyMs: 5,
        withinMs: 400
      }
    )
    const allSay = (status: number) =>
      eventually(async () => {
        const text = await metrics.registry.metrics()
        return names.every((name) => text.includes(`courant_lag_status{pipeline="${name}"} ${status}\n`))
      })
    await allSay(1)
    isSilent = true
    await allSay(0)
    assert.ok(unanswered < names.length, `${unanswered} were asked`)
    stop.abort()
    await published
  })
})
