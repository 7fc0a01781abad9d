import { randomBytes } from 'node:crypto'
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { java, quickStart } from './java.ts'
import { copyJars } from './maven.ts'
import type { Place, Server } from './server.ts'
import { runTied } from './tied-process.ts'
import { versions } from './versions.ts'

const readyMark = 'Kafka Server started'

/** One Apache Kafka broker in KRaft mode that is its own controller. */
export const kafka: Server = {
  name: 'kafka',
  describe: `Apache Kafka ${versions.kafka}, one broker in KRaft mode`,
  needs: { run: ['setpriv', 'java'], install: ['maven'] },
  replacedBy: 'COURANT_KAFKA_BROKERS',
  ports: { broker: 19092, controller: 19093 },
  installedIn: (cacheDir) => join(cacheDir, `kafka-${versions.kafka}`),
  async install(folder, report) {
    report('downloading 92 jars (55 MB, once)')
    const artifacts = [
      `org.apache.kafka:kafka_2.13:${versions.kafka}`,
      `org.apache.kafka:kafka-tools:${versions.kafka}`,
      `org.apache.logging.log4j:log4j-slf4j-impl:${versions.log4jSlf4j}`
    ]
    await copyJars(artifacts, folder, report)
  },
  async prepare(place) {
    const { config, log4j, data } = filesOf(place)
    writeFileSync(log4j, loggingProperties)
    if (!existsSync(data)) await format(place)
    writeFileSync(config, brokerProperties(place, data))
    return { command: java(), args: ['-Xms128m', '-Xmx512m', ...classPath(place), 'kafka.Kafka', config] }
  },
  isReady: async (place) => (await place.logText()).includes(readyMark),
  url: (place) => `127.0.0.1:${place.ports['broker']}`,
  env: (place) => ({ COURANT_KAFKA_BROKERS: `127.0.0.1:${place.ports['broker']}` })
}

function filesOf({ home }: Place) {
  return {
    config: join(home, 'server.properties'),
    log4j: join(home, 'log4j2.properties'),
    data: join(home, 'data')
  }
}

function classPath(place: Place): string[] {
  const logging = `-Dlog4j2.configurationFile=file:${filesOf(place).log4j}`
  return [...quickStart, logging, '-cp', join(place.installed, '*')]
}

/** Formats under another name and renames, so that a half-formatted folder is never taken for data. */
async function format(place: Place): Promise<void> {
  const { config, data } = filesOf(place)
  const unfinished = `${data}.unfinished`
  rmSync(unfinished, { recursive: true, force: true })
  writeFileSync(config, brokerProperties(place, unfinished))
  const clusterId = randomBytes(16).toString('base64url').replace(/^-/, 'A')
  const tool = ['kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', config]
  await runTied(java(), ['-Xmx128m', ...classPath(place), ...tool], {})
  renameSync(unfinished, data)
}

function brokerProperties(place: Place, data: string): string {
  const broker = `127.0.0.1:${place.ports['broker']}`
  const controller = `127.0.0.1:${place.ports['controller']}`
  return `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@${controller}
listeners=PLAINTEXT://${broker},CONTROLLER://${controller}
advertised.listeners=PLAINTEXT://${broker}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs=${data}
auto.create.topics.enable=false
num.partitions=1
default.replication.factor=1
offsets.topic.num.partitions=4
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
# After kill -9 the controller, which is the same process, waits this long before it takes the broker back.
broker.session.timeout.ms=4000
broker.heartbeat.interval.ms=1000
group.initial.rebalance.delay.ms=0
num.network.threads=2
num.io.threads=4
log.cleaner.dedupe.buffer.size=16777216
`
}

const loggingProperties = `status=error
appender.out.type=Console
appender.out.name=STDOUT
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=[%d] %p %m (%c)%n
rootLogger.level=INFO
rootLogger.appenderRef.stdout.ref=STDOUT
`
