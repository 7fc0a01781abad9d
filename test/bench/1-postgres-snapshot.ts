import { join } from 'node:path'
import { unique } from '../support/unique.ts'
import type { ActivitiesLine } from './activities-line.ts'
import { activitiesTable } from './activities-table.ts'
import type { Bench, BenchContext, Findings } from './bench.ts'
import { installConnect, installPython, peerVersions } from './bench-cache.ts'
import { LogProgress } from './log-progress.ts'
import { figure } from './markdown-table.ts'
import { type DebeziumVariant, startDebezium } from './peers/debezium.ts'
import { startPython } from './peers/python-program.ts'
import { type Work, serverCost, watchToEnd, watchWork, workRow } from './work.ts'

interface Measured {
  readonly what: string
  readonly work: Work
  readonly servers: Record<string, number | null>
}

/** Courant's first snapshot of a table beside `COPY … TO STDOUT` and Debezium. */
export const postgresSnapshot: Bench = {
  number: 1,
  name: 'snapshot',
  title: 'PostgreSQL snapshot → topic',
  servers: ['postgres', 'kafka', 'registry'],
  async run(context): Promise<Findings> {
    const python = await installPython(context.report)
    const connect = await installConnect(context.report)
    const line = await context.activities()
    const measure = measuring(context)
    const limit = await measure('limit: `COPY … TO STDOUT`, thrown away', () => copyOut(line, python))
    const ours = await measure('Courant', () => line.produce())
    const peers: Measured[] = []
    for (const [variant, what] of Object.entries(variants) as [DebeziumVariant, string][])
      peers.push(await measure(what, () => debezium(line, { connect, variant })))
    return {
      setting: setting(line),
      tables: [
        {
          rows: [ours, ...peers, limit].map(({ what, work, servers }) => ({
            ...workRow(what, work),
            ...servers
          }))
        }
      ],
      verdicts: verdicts(
        ours.work,
        peers.map(({ work }) => work),
        limit.work
      )
    }
  }
}

const variants: Readonly<Record<DebeziumVariant, string>> = {
  plain: 'Debezium, JSON, as it comes',
  batched: 'Debezium, JSON, larger batches, lz4',
  avro: 'Debezium, Avro, larger batches, zstd'
}

function measuring({ servers, report }: BenchContext) {
  return async (what: string, run: () => Promise<Work>): Promise<Measured> => {
    report(`measuring ${what}`)
    const cost = serverCost(servers, ['postgres', 'kafka'])
    const work = await run()
    return { what, work, servers: cost() }
  }
}

function copyOut({ env, folder, rows }: ActivitiesLine, python: string): Promise<Work> {
  return watchToEnd(
    startPython(python, { script: 'copy_out.py', args: [activitiesTable], env, folder }),
    rows
  )
}

async function debezium(
  { env, folder, rows }: ActivitiesLine,
  { connect, variant }: { connect: string; variant: DebeziumVariant }
): Promise<Work> {
  const prefix = unique(`debezium-${variant}`)
  const progress = await LogProgress.open({ ...env, COURANT_TOPIC_PREFIX: '' })
  try {
    const process = await startDebezium({
      variant,
      installed: connect,
      folder: join(folder, prefix),
      env,
      table: activitiesTable,
      prefix
    })
    const done = () => progress.written(`${prefix}.public.${activitiesTable}`)
    const work = await watchWork(process, { rows, done })
    await process.stop()
    return work
  } finally {
    await progress.deleteTopics(`${prefix}.`)
    await progress.close()
  }
}

function setting({ rows, env }: ActivitiesLine): string[] {
  const codec = env['COURANT_KAFKA_COMPRESSION'] ?? 'zstd'
  return [
    `${rows.toLocaleString('en-US')} rows of ten columns, about 300 bytes each, three partitions, acks=all.`,
    `Courant publishes Avro in Debezium's envelope, compressed with ${codec}, and keeps what it has published of each key.`,
    `Debezium ${peerVersions.debezium} on Kafka Connect takes \`snapshot.mode=initial_only\`; its JSON is without schemas, its Avro goes through the same registry by Apicurio’s converter.`,
    'Rows per CPU second are counted from the first rows in the topic to the last, so that neither pays for its start; the limit pays for its own.'
  ]
}

function verdicts(ours: Work, debezium: readonly Work[], limit: Work): string[] {
  const best = Math.max(...debezium.map(({ rowsPerCpuSecond }) => rowsPerCpuSecond))
  const bestWhole = Math.max(...debezium.map(({ rows, cpuSeconds }) => rows / cpuSeconds))
  return [
    `Courant does ${figure(ours.rowsPerCpuSecond / best)} times the rows per CPU second of the best Debezium (wanted: at least 1); starts included, ${figure(ours.rows / ours.cpuSeconds / bestWhole)} times.`,
    `It is ${figure(limit.rowsPerCpuSecond / ours.rowsPerCpuSecond)} times as costly as only copying the rows out.`,
    `Its memory peaked at ${figure(ours.peakRssMb)} MB (wanted: under 500).`
  ]
}
