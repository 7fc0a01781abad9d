import type { Client } from 'cassandra-driver'
import { driver } from './driver.ts'
import type { Settings } from '../../runtime/settings.ts'
import { CqlMap } from './cql-map.ts'
import { decodeExactly } from './exact-decoding.ts'
import { connectionSettings, readLevels } from './settings.ts'
import { translateError } from './translate-error.ts'

const RECONNECT_MS = 1000

/**
 * Connects with one connection a node, reading at the configured consistency. Nothing is retried below us: the page
 * is ours to read again. Throws SOURCE_UNAVAILABLE or SOURCE_REFUSED.
 */
export async function connectCassandra(settings: Settings): Promise<Client> {
  decodeExactly()
  const client = new driver.Client(clientOptions(settings))
  client.on('hostRemove', closeReplacedHost)
  try {
    await client.connect()
    return client
  } catch (error) {
    // What went wrong first counts.
    await Promise.allSettled([client.shutdown(), closeUnusedConnection(client)])
    throw translateError(error)
  }
}

/**
 * The connection over which the driver 4.10 found that it cannot use the cluster, as where the data centre is another:
 * its shutdown forgets it, and it would keep the process from ending. It is not in its types.
 */
async function closeUnusedConnection(client: object): Promise<void> {
  const { controlConnection } = client as {
    controlConnection?: { connection?: { closeAsync(): Promise<void> } | null }
  }
  await controlConnection?.connection?.closeAsync()
}

/**
 * When the driver 4.10 finds its node again after a loss, it makes a new host for it and forgets the old one, whose
 * connections and timers then live for ever and keep the process from ending. `shutdown` is not in its types.
 */
function closeReplacedHost(host: { shutdown?: (waitForPending: boolean) => Promise<void> }): void {
  void host.shutdown?.(false).catch(() => undefined)
}

function clientOptions(settings: Settings): ConstructorParameters<typeof Client>[0] {
  const { contactPoints, datacenter, username, password, tls, consistency, timeoutMs } = connectionSettings
  const user = settings.text(username)
  const level = driver.types.consistencies[readLevels[settings.text(consistency)] ?? 'localQuorum']
  return {
    contactPoints: settings
      .text(contactPoints)
      .split(',')
      .map((point) => point.trim()),
    localDataCenter: settings.text(datacenter),
    applicationName: 'courant',
    pooling: {
      coreConnectionsPerHost: { [driver.types.distance.local]: 1, [driver.types.distance.remote]: 1 }
    },
    policies: {
      retry: new driver.policies.retry.FallthroughRetryPolicy(),
      // The driver's own would wait up to ten minutes after a long outage.
      reconnection: new driver.policies.reconnection.ConstantReconnectionPolicy(RECONNECT_MS)
    },
    queryOptions: { consistency: level, prepare: true },
    socketOptions: { readTimeout: settings.number(timeoutMs), connectTimeout: 5000 },
    encoding: { useBigIntAsLong: true, map: CqlMap },
    ...(user && { credentials: { username: user, password: settings.text(password) } }),
    ...(settings.text(tls) === 'true' && { sslOptions: { rejectUnauthorized: true } })
  }
}
