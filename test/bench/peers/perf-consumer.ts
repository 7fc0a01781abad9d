import { join } from 'node:path'
import { cacheDirFrom } from '../../../local/folders.ts'
import { java } from '../../../local/java.ts'
import { servers } from '../../../local/servers.ts'
import type { Environment } from '../../../runtime/settings.ts'
import { MeasuredProcess } from '../measured-process.ts'

/** Starts Kafka's own measuring consumer, which fetches records and throws them away undecoded. */
export function startPerfConsumer(
  topic: string,
  { records, env, folder }: { records: number; env: Environment; folder: string }
): MeasuredProcess {
  const jars = join(servers.kafka.installedIn(cacheDirFrom(process.env)), '*')
  return new MeasuredProcess({
    command: java(),
    args: [
      '-Xmx512M',
      '-cp',
      jars,
      'org.apache.kafka.tools.ConsumerPerformance',
      '--bootstrap-server',
      env['COURANT_KAFKA_BROKERS'] ?? '',
      '--topic',
      topic,
      '--num-records',
      String(records)
    ],
    logFile: join(folder, 'perf-consumer.log')
  })
}
