import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Batcher } from '../../runtime/loop/batcher.ts'
import { openContainer } from '../../runtime/object-store/azure-container.ts'
import { bytesContent } from '../../runtime/object-store/content.ts'
import { settingsFrom } from '../../runtime/settings.ts'
import { events } from '../../schemas/events.ts'
import { containers } from '../../sinks/azure-blob/containers.ts'
import { topicOf } from '../../topics/catalogue.ts'
import { connectionFor } from '../../topics/connection.ts'
import { unique } from '../support/unique.ts'
import type { Bench, BenchContext, Findings } from './bench.ts'
import { BlobObserver } from './blob-observer.ts'
import { evenLoad, type LoadResult, latencyColumns, type Rate } from './even-load.ts'
import { figure } from './markdown-table.ts'
import { MeasuredProcess } from './measured-process.ts'
import { quantile } from './quantile.ts'
import {
  listeningUrl,
  RecruitmentApplication,
  recruitmentDatabase,
  webhookToken
} from './recruitment-application.ts'
import { WebhookCaller } from './webhook-caller.ts'

const bare = fileURLToPath(new URL('peers/bare-webhook.ts', import.meta.url))

/** Before what is measured, so that connections and code are warm. */
const warmSeconds = 5

/** About what a record of the sample has, in bytes. */
const recordBytes = 2_500

/** How many webhooks are taken a second and how soon their answer comes, and how soon their blob is there. */
export const applications: Bench = {
  number: 7,
  name: 'applications',
  title: 'Webhooks of job applications → Blob Storage',
  servers: ['kafka', 'registry', 'postgres', 'azurite'],
  async run(context): Promise<Findings> {
    const seconds = context.isQuick ? 5 : 60
    const burst = { perSecond: 500, seconds }
    const steady = { perSecond: 20, seconds }
    const database = await recruitmentDatabase(context.env, steady.perSecond * (seconds + warmSeconds))
    try {
      const taken = await measureWebhooks(context, database, burst)
      const limits = [await measureBare(context, burst), await measureProduce(context, burst, database.name)]
      const exported = await measureExports(context, database, steady)
      const stored = await measureStorage(context, steady)
      return {
        setting: [
          `${burst.perSecond} webhooks a second for ${seconds} s over 64 connections, begun at an even rate; latency counts from when a request was due. Driver, edge, PostgreSQL and a broker (acks=all) share the machine; each webhook reads the whole application. CPU seconds and memory are the server's with its start and five seconds before, to warm up.`,
          `Then ${steady.perSecond} webhooks a second for ${seconds} s, each for another application with two or three documents that was changed just before, with all pipelines in one process, after five seconds to warm up: from when the change was due until its JSON is seen in the raw container of Azurite, looked for every 100 ms. The limit puts as many blobs of that size straight from the driver.`
        ],
        tables: [{ rows: [taken.row, ...limits] }, { rows: [exported.row, stored] }],
        verdicts: verdicts(taken.load, exported.latenciesMs)
      }
    } finally {
      await database.drop()
    }
  }
}

type Database = Awaited<ReturnType<typeof recruitmentDatabase>>

async function measureWebhooks(context: BenchContext, database: Database, rate: Rate) {
  context.report(`${rate.perSecond} webhooks a second for ${rate.seconds} s`)
  const application = await RecruitmentApplication.create(context, 'webhooks', database.name)
  const edge = await application.start(['edge'])
  try {
    const load = await callAtRate(await listeningUrl(edge), edge, { rate, ids: database.ids })
    return { load, row: loadRow('Courant', load, edge) }
  } finally {
    await edge.stop()
    await application.remove()
  }
}

async function measureBare(context: BenchContext, rate: Rate) {
  context.report('limit: a route that only answers')
  const logFile = join(context.folder, 'bare.log')
  const server = new MeasuredProcess({ command: process.execPath, args: [bare], logFile })
  try {
    const load = await callAtRate(await listeningUrl(server), server, { rate, ids: ['none'] })
    return loadRow('limit: Fastify, only answers', load, server)
  } finally {
    await server.stop()
  }
}

/** From this process, records as large as applications; those that come while a send is under way share the next. */
async function measureProduce(context: BenchContext, rate: Rate, database: string) {
  context.report('limit: the broker alone')
  const application = await RecruitmentApplication.create(context, 'produce', database)
  const connection = connectionFor(settingsFrom(application.env))
  try {
    const producer = await connection.kafka.producer()
    const topic = topicOf(events.submittedApplication).name
    const batcher = new Batcher<number, boolean>({
      maxItems: 500,
      maxAtOnce: 1,
      async work(numbers) {
        await producer.send(
          numbers.map((n) => ({ topic, partition: n % 3, key: String(n), value: randomBytes(recordBytes) }))
        )
        return numbers.map(() => true)
      }
    })
    await batcher.ask(0)
    const load = await evenLoad(rate, (n) => batcher.ask(n))
    await producer.close()
    return loadRow('limit: Kafka, acks=all, from the driver', load, null)
  } finally {
    await application.remove()
  }
}

async function callAtRate(
  url: string,
  server: MeasuredProcess,
  { rate, ids }: { rate: Rate; ids: readonly string[] }
): Promise<LoadResult> {
  const caller = new WebhookCaller(url, webhookToken)
  const request = async (n: number) => (await caller.tell(ids[n % ids.length] ?? '')).status === 202
  try {
    await server.whileRunning(evenLoad({ ...rate, seconds: warmSeconds }, request))
    return await server.whileRunning(evenLoad(rate, request))
  } finally {
    caller.close()
  }
}

function loadRow(what: string, load: LoadResult, server: MeasuredProcess | null) {
  const usage = server?.usage()
  return {
    what,
    'accepted %': (100 * load.accepted) / load.requests,
    ...latencyColumns(load),
    'CPU s': usage?.cpuSeconds ?? null,
    'driver CPU s': load.cpuSeconds,
    'peak RSS MB': usage?.peakRssMb ?? null
  }
}

async function measureExports(context: BenchContext, database: Database, rate: Rate) {
  context.report(`${rate.perSecond} webhooks a second for ${rate.seconds} s, on to the blobs`)
  const application = await RecruitmentApplication.create(context, 'exports', database.name)
  const [edge, run] = [await application.start(['edge']), await application.start(['run'])]
  const observer = await BlobObserver.open(application.env)
  const caller = new WebhookCaller(await listeningUrl(edge), webhookToken)
  try {
    await application.untilQuiet(run)
    const ids = database.ids.values()
    const request = async () => {
      const id = ids.next().value ?? ''
      await database.change(id)
      const { status, body } = await caller.tell(id)
      return status === 202 && observer.seen(JSON.parse(body) as Record<string, string>)
    }
    await run.whileRunning(evenLoad({ ...rate, seconds: warmSeconds }, request))
    const cpuBefore = run.usage().cpuSeconds
    const load = await run.whileRunning(evenLoad(rate, request))
    const { cpuSeconds, peakRssMb } = run.usage()
    const { accepted, latenciesMs } = load
    const row = {
      what: 'webhook → raw JSON',
      'exported %': (100 * accepted) / load.requests,
      ...latencyColumns(load),
      'CPU s of pipelines': cpuSeconds - cpuBefore,
      'peak RSS MB': peakRssMb
    }
    return { row, latenciesMs }
  } finally {
    caller.close()
    observer.close()
    await Promise.all([edge.stop(), run.stop()])
    await application.remove()
  }
}

/** A JSON and three documents a time, from this process. */
async function measureStorage(context: BenchContext, rate: Rate) {
  context.report('limit: the storage account alone')
  const container = { ...containers.raw, default: unique('limit') }
  const store = await openContainer(settingsFrom(context.env), container)
  const content = bytesContent(randomBytes(recordBytes))
  const load = await evenLoad(rate, async (n) => {
    const names = ['json', 'cv', 'cover_letter', 'diplome'].map((kind) => `${kind}/${n}`)
    await Promise.all(names.map((name) => store.put(name, content, { ifNoneMatch: '*' })))
    return true
  })
  return {
    what: 'limit: Azurite, four puts',
    'exported %': (100 * load.accepted) / load.requests,
    ...latencyColumns(load),
    'CPU s of pipelines': null,
    'peak RSS MB': null
  }
}

function verdicts({ accepted, requests, latenciesMs }: LoadResult, exportMs: readonly number[]): string[] {
  return [
    `${figure((100 * accepted) / requests)} % of the webhooks were accepted, with a p99 of ${figure(quantile(latenciesMs, 0.99))} ms (wanted: all, under 100 ms).`,
    `From webhook to blob p95 is ${figure(quantile(exportMs, 0.95) / 1000)} s (wanted: under 2 s).`
  ]
}
