import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { moduleAccess } from './cassandra-modules.ts'
import { java, quickStart } from './java.ts'
import { copyJars } from './maven.ts'
import type { Place, Server } from './server.ts'
import { versions } from './versions.ts'

/** One Apache Cassandra node. */
export const cassandra: Server = {
  name: 'cassandra',
  describe: `Apache Cassandra ${versions.cassandra}, one node`,
  needs: { run: ['setpriv', 'java'], install: ['maven'] },
  replacedBy: 'COURANT_CASSANDRA_CONTACT_POINTS',
  ports: { cql: 19042, storage: 17000 },
  installedIn: (cacheDir) => join(cacheDir, `cassandra-${versions.cassandra}`),
  async install(folder, report) {
    report('downloading 100 jars (69 MB, once)')
    await copyJars([`org.apache.cassandra:cassandra-all:${versions.cassandra}`], folder, report)
  },
  async prepare(place) {
    for (const folder of ['data', 'tmp']) mkdirSync(join(place.home, folder), { recursive: true })
    writeFileSync(join(place.home, 'cassandra.yaml'), nodeYaml(place))
    writeFileSync(join(place.home, 'logback.xml'), loggingXml)
    return { command: java(), args: javaArgs(place), cwd: place.home }
  },
  isReady: async (place) => accepts(place.ports['cql'] ?? 0),
  url: (place) => `127.0.0.1:${place.ports['cql']}`,
  env: (place) => ({
    COURANT_CASSANDRA_CONTACT_POINTS: `127.0.0.1:${place.ports['cql']}`,
    COURANT_CASSANDRA_DATACENTER: 'datacenter1'
  })
}

/** Cassandra opens the port for clients last. */
async function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const answer = (accepted: boolean) => {
      socket.destroy()
      resolve(accepted)
    }
    socket.once('connect', () => answer(true)).once('error', () => answer(false))
  })
}

function javaArgs({ home, installed }: Place): string[] {
  const memoryMeter = readdirSync(installed).find((name) => /^jamm-.*\.jar$/.test(name))
  return [
    ...moduleAccess,
    `-javaagent:${join(installed, memoryMeter ?? 'jamm.jar')}`,
    '-Xms128M',
    '-Xmx768M',
    '-XX:MaxDirectMemorySize=192M',
    '-Xss512k',
    ...quickStart,
    '-Djdk.attach.allowAttachSelf=true',
    // It installs one, which Java 21 allows only when told.
    '-Djava.security.manager=allow',
    '-Dio.netty.tryReflectionSetAccessible=true',
    `-Dcassandra.config=file://${join(home, 'cassandra.yaml')}`,
    `-Dlogback.configurationFile=${join(home, 'logback.xml')}`,
    `-Dcassandra.storagedir=${join(home, 'data')}`,
    `-Dcassandra.logdir=${home}`,
    `-Djava.io.tmpdir=${join(home, 'tmp')}`,
    `-Djna.tmpdir=${join(home, 'tmp')}`,
    '-Dcassandra.disable_tcactive_openssl=true',
    // A node without others has nobody to wait for.
    '-Dcassandra.skip_wait_for_gossip_to_settle=0',
    '-Dcassandra.ring_delay_ms=0',
    '-Dcassandra.superuser_setup_delay_ms=0',
    '-Dcassandra.shutdown_announce_in_ms=0',
    '-cp',
    join(installed, '*'),
    'org.apache.cassandra.service.CassandraDaemon'
  ]
}

function nodeYaml({ home, ports }: Place): string {
  const data = join(home, 'data')
  return `cluster_name: courant
num_tokens: 8
partitioner: org.apache.cassandra.dht.Murmur3Partitioner
endpoint_snitch: SimpleSnitch
seed_provider:
  - class_name: org.apache.cassandra.locator.SimpleSeedProvider
    parameters: [ { seeds: "127.0.0.1:${ports['storage']}" } ]
listen_address: 127.0.0.1
rpc_address: 127.0.0.1
storage_port: ${ports['storage']}
native_transport_port: ${ports['cql']}
start_native_transport: true
data_file_directories: [ "${data}/tables" ]
commitlog_directory: "${data}/commitlog"
hints_directory: "${data}/hints"
saved_caches_directory: "${data}/saved_caches"
# Written through before the answer, so that kill -9 loses no accepted write.
commitlog_sync: batch
commitlog_disk_access_mode: legacy
commitlog_segment_size: 8MiB
commitlog_total_space: 256MiB
memtable_heap_space: 64MiB
memtable_offheap_space: 64MiB
# What storage-attached indexes gather in memory is not counted in memtables, and 1 GiB unless told: more than the heap.
sai_options:
  segment_write_buffer_size: 64MiB
file_cache_size: 32MiB
key_cache_size: 8MiB
concurrent_reads: 8
concurrent_writes: 8
concurrent_counter_writes: 4
concurrent_compactors: 1
native_transport_max_threads: 16
auto_snapshot: false
range_request_timeout: 30s
read_request_timeout: 15s
write_request_timeout: 10s
request_timeout: 30s
`
}

const loggingXml = `<configuration scan="false">
  <appender name="OUT" class="ch.qos.logback.core.ConsoleAppender">
    <encoder><pattern>%-5level %date{ISO8601} %logger{0} - %msg%n</pattern></encoder>
  </appender>
  <logger name="io.netty" level="WARN"/>
  <root level="INFO"><appender-ref ref="OUT"/></root>
</configuration>
`
