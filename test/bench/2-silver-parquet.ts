import { join } from 'node:path'
import type { ActivitiesLine } from './activities-line.ts'
import { installServer } from '../../local/stack.ts'
import type { Bench, Findings } from './bench.ts'
import { installPython } from './bench-cache.ts'
import { figure } from './markdown-table.ts'
import { startPerfConsumer } from './peers/perf-consumer.ts'
import { lastJson, startPython } from './peers/python-program.ts'
import { type Work, watchToEnd, workRow } from './work.ts'

/** Courant's Silver sink beside Kafka's measuring consumer and a consumer written in Python. */
export const silverParquet: Bench = {
  number: 2,
  name: 'silver',
  title: 'Topic → Silver Parquet',
  servers: ['postgres', 'kafka', 'registry'],
  async run(context): Promise<Findings> {
    const { report } = context
    const python = await installPython(report)
    await installServer('kafka', report)
    const line = await context.activities()
    if (!(await line.isProduced())) {
      report('filling the topic of changes')
      await line.produce()
    }
    report('measuring clean-activities, which fills the topic of clean rows')
    const cleaner = await line.clean()
    report('measuring silver.activities')
    const ours = await line.storeSilver()
    report("measuring Kafka's own consumer")
    const limit = await perfConsumer(line)
    report('measuring a plain consumer in Python')
    const peer = await pythonConsumer(line, python)
    return {
      setting: setting(line, peer.files),
      tables: [
        {
          rows: [
            workRow('Courant, silver.activities', ours),
            workRow('Python: confluent-kafka, fastavro, pyarrow', peer.work),
            workRow('limit: ConsumerPerformance, undecoded', limit),
            workRow('(before it) Courant, clean-activities', cleaner)
          ]
        }
      ],
      verdicts: verdicts(ours, peer.work, limit)
    }
  }
}

async function perfConsumer(line: ActivitiesLine): Promise<Work> {
  const records = await line.cleanRecords()
  const topic = line.nameInCluster(line.cleanTopic)
  return watchToEnd(startPerfConsumer(topic, { env: line.env, folder: line.folder, records }), records)
}

async function pythonConsumer(line: ActivitiesLine, python: string): Promise<{ work: Work; files: number }> {
  const records = await line.cleanRecords()
  const { env, folder } = line
  const args = [line.nameInCluster(line.cleanTopic), String(records), join(folder, 'python-silver')]
  const process = startPython(python, { script: 'topic_to_parquet.py', args, env, folder })
  const work = await watchToEnd(process, records)
  return { work, files: Number(lastJson(process)['files']) }
}

function setting({ rows }: ActivitiesLine, pythonFiles: number): string[] {
  return [
    `${rows.toLocaleString('en-US')} clean rows of ten columns of one day, in three partitions, to zstd Parquet in a local folder.`,
    'Courant decodes, drops repeats, writes sorted parts with their offsets, and commits after each; its figures leave out its start.',
    `The Python script holds 100,000 rows, writes them as a file a day (${pythonFiles} files), and commits; neither dropping repeats nor surviving a crash in between without doubles.`,
    'The limit fetches the same records and throws them away. Both pay for their start.'
  ]
}

function verdicts(ours: Work, python: Work, limit: Work): string[] {
  return [
    `Courant stores ${figure(ours.rowsPerCpuSecond)} rows per CPU second (wanted: at least 40,000).`,
    `That is ${figure(ours.rowsPerCpuSecond / python.rowsPerCpuSecond)} times the Python consumer's, and ${figure(limit.rowsPerCpuSecond / ours.rowsPerCpuSecond)} times as costly as only fetching.`,
    `Its memory peaked at ${figure(ours.peakRssMb)} MB (wanted: under 500).`
  ]
}
