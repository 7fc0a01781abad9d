import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { java } from '../../../local/java.ts'
import { freePort } from '../../../local/ports.ts'
import type { Environment } from '../../../runtime/settings.ts'
import { MeasuredProcess } from '../measured-process.ts'

export interface DebeziumOptions {
  readonly variant: DebeziumVariant
  /** Where `installConnect` has put the jars. */
  readonly installed: string
  /** A folder of its own for configuration, offsets and log. */
  readonly folder: string
  /** Endpoints of PostgreSQL, Kafka and the registry. */
  readonly env: Environment
  /** The source table; the topic is `<prefix>.public.<table>`. */
  readonly table: string
  readonly prefix: string
}

/**
 * `plain`: Debezium and Connect as they come, JSON without schemas, not compressed. `batched`: the same with larger
 * batches and lz4. `avro`: what Courant writes, Avro through the registry and zstd, with larger batches.
 */
export type DebeziumVariant = 'plain' | 'batched' | 'avro'

/** Starts Kafka Connect standalone with one Debezium connector that only takes the first snapshot. */
export async function startDebezium(options: DebeziumOptions): Promise<MeasuredProcess> {
  const { folder, installed } = options
  mkdirSync(folder, { recursive: true })
  const files = {
    worker: join(folder, 'worker.properties'),
    connector: join(folder, 'connector.properties'),
    log4j: join(folder, 'log4j2.properties')
  }
  writeFileSync(files.worker, properties(await worker(options)))
  writeFileSync(files.connector, properties(connector(options)))
  writeFileSync(files.log4j, logging)
  return new MeasuredProcess({
    command: java(),
    args: [
      ...jvmOptions,
      `-Dlog4j2.configurationFile=file:${files.log4j}`,
      ...program(installed),
      files.worker,
      files.connector
    ],
    cwd: folder,
    logFile: join(folder, 'connect.log')
  })
}

// What Kafka's own connect-standalone.sh gives its JVM.
const jvmOptions = [
  '-Xms256M',
  '-Xmx2G',
  '-server',
  '-XX:+UseG1GC',
  '-XX:MaxGCPauseMillis=20',
  '-XX:InitiatingHeapOccupancyPercent=35',
  '-Djava.awt.headless=true'
]

function program(installed: string): string[] {
  return ['-cp', join(installed, 'connect', '*'), 'org.apache.kafka.connect.cli.ConnectStandalone']
}

async function worker({ env, folder, installed, variant }: DebeziumOptions): Promise<Record<string, string>> {
  return {
    'bootstrap.servers': env['COURANT_KAFKA_BROKERS'] ?? '',
    'offset.storage.file.filename': join(folder, 'offsets'),
    'plugin.path': join(installed, 'plugins'),
    'plugin.discovery': 'only_scan',
    listeners: `http://127.0.0.1:${await freePort()}`,
    ...(variant === 'avro' ? avroConverters(env) : jsonConverters),
    ...producer[variant]
  }
}

const logging = `appender.out.type=Console
appender.out.name=out
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=%d %p %m (%c)%n
rootLogger.level=INFO
rootLogger.appenderRef.out.ref=out
`

const jsonConverters = {
  'key.converter': 'org.apache.kafka.connect.json.JsonConverter',
  'key.converter.schemas.enable': 'false',
  'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
  'value.converter.schemas.enable': 'false'
}

const largerBatches = {
  'producer.batch.size': '524288',
  'producer.linger.ms': '20',
  'producer.buffer.memory': '67108864'
}

const producer: Readonly<Record<DebeziumVariant, Record<string, string>>> = {
  plain: {},
  batched: { ...largerBatches, 'producer.compression.type': 'lz4' },
  avro: { ...largerBatches, 'producer.compression.type': 'zstd' }
}

function avroConverters(env: Environment): Record<string, string> {
  const registry = (env['COURANT_REGISTRY_URL'] ?? '').replace(/\/apis\/.*$/, '/apis/registry/v2')
  const settings = {
    '': 'io.apicurio.registry.utils.converter.AvroConverter',
    '.apicurio.registry.url': registry,
    '.apicurio.registry.auto-register': 'true',
    '.apicurio.registry.find-latest': 'true',
    '.apicurio.registry.headers.enabled': 'false',
    '.apicurio.registry.as-confluent': 'true'
  }
  const sides = ['key', 'value']
  return Object.fromEntries(
    sides.flatMap((side) =>
      Object.entries(settings).map(([name, text]) => [`${side}.converter${name}`, text])
    )
  )
}

function connector({ env, table, prefix, variant }: DebeziumOptions): Record<string, string> {
  const batches = variant === 'plain' ? {} : { 'max.batch.size': '8192', 'max.queue.size': '32768' }
  return {
    name: prefix,
    'connector.class': 'io.debezium.connector.postgresql.PostgresConnector',
    'tasks.max': '1',
    'database.hostname': env['PGHOST'] ?? '',
    'database.port': env['PGPORT'] ?? '',
    'database.user': env['PGUSER'] ?? '',
    'database.password': env['PGPASSWORD'] ?? '',
    'database.dbname': env['PGDATABASE'] ?? '',
    'plugin.name': 'pgoutput',
    'topic.prefix': prefix,
    'table.include.list': `public.${table}`,
    'snapshot.mode': 'initial_only',
    'topic.creation.default.partitions': '3',
    'topic.creation.default.replication.factor': '1',
    'schema.name.adjustment.mode': 'avro',
    ...batches
  }
}

function properties(entries: Readonly<Record<string, string>>): string {
  return Object.entries(entries)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}
