import { randomUUID } from 'node:crypto'
import { Client as Cassandra } from 'cassandra-driver'
import { Kafka, logLevel } from 'kafkajs'
import { Client as Minio } from 'minio'
import { Client as Postgres } from 'pg'
import type { ServerName } from '../../local/server.ts'

type Env = Readonly<Record<string, string>>

/** A real request that stores something, and one that answers whether it is there. */
interface Requests {
  store(env: Env, key: string): Promise<void>
  has(env: Env, key: string): Promise<boolean>
}

export const requests: Readonly<Record<Exclude<ServerName, 'azurite'>, Requests>> = {
  kafka: {
    async store(env, key) {
      await withKafka(env, async (kafka) => {
        const admin = kafka.admin()
        await admin.connect()
        await admin.createTopics({ topics: [{ topic: key, numPartitions: 2 }], waitForLeaders: true })
        await admin.disconnect()
        const producer = kafka.producer()
        await producer.connect()
        await producer.send({ topic: key, acks: -1, messages: [{ key, value: randomUUID(), partition: 1 }] })
        await producer.disconnect()
      })
    },
    has: (env, key) =>
      withKafka(env, async (kafka) => {
        const admin = kafka.admin()
        await admin.connect()
        const offsets = await admin.fetchTopicOffsets(key)
        await admin.disconnect()
        return offsets.some(({ partition, offset }) => partition === 1 && offset === '1')
      })
  },
  registry: {
    async store(env, key) {
      const schema = JSON.stringify({ type: 'record', name: 'Probe', fields: [] })
      const answer = await fetch(`${env['COURANT_REGISTRY_URL']}/subjects/${key}/versions`, {
        method: 'POST',
        headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
        body: JSON.stringify({ schema })
      })
      if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`)
    },
    async has(env, key) {
      const level = await fetch(`${env['COURANT_REGISTRY_URL']}/config`)
      const { compatibilityLevel } = (await level.json()) as { compatibilityLevel: string }
      const subjects = await fetch(`${env['COURANT_REGISTRY_URL']}/subjects`)
      return (
        compatibilityLevel === 'BACKWARD_TRANSITIVE' && ((await subjects.json()) as string[]).includes(key)
      )
    }
  },
  cassandra: {
    store: (env, key) =>
      withCassandra(env, async (client) => {
        const replication = `{'class': 'SimpleStrategy', 'replication_factor': 1}`
        await client.execute(`CREATE KEYSPACE IF NOT EXISTS probe WITH replication = ${replication}`)
        await client.execute('CREATE TABLE IF NOT EXISTS probe.keys (key text PRIMARY KEY)')
        await client.execute('INSERT INTO probe.keys (key) VALUES (?)', [key])
      }),
    has: (env, key) =>
      withCassandra(env, async (client) => {
        const found = await client.execute('SELECT key FROM probe.keys WHERE key = ?', [key])
        return found.rowLength === 1
      })
  },
  postgres: {
    store: (env, key) =>
      withPostgres(env, async (client) => {
        await client.query('CREATE TABLE IF NOT EXISTS probe (key text PRIMARY KEY)')
        await client.query('INSERT INTO probe VALUES ($1)', [key])
      }),
    has: (env, key) =>
      withPostgres(env, async (client) => {
        const level = await client.query('SHOW wal_level')
        const found = await client.query('SELECT key FROM probe WHERE key = $1', [key])
        return level.rows[0].wal_level === 'logical' && found.rowCount === 1
      })
  },
  minio: {
    async store(env, key) {
      const client = minioClient(env)
      if (!(await client.bucketExists('probe'))) await client.makeBucket('probe')
      await client.putObject('probe', key, key)
    },
    async has(env, key) {
      const { size } = await minioClient(env).statObject('probe', key)
      return size === key.length
    }
  }
}

async function withKafka<T>(env: Env, use: (kafka: Kafka) => Promise<T>): Promise<T> {
  const brokers = [env['COURANT_KAFKA_BROKERS'] ?? '']
  return use(new Kafka({ brokers, logLevel: logLevel.NOTHING, retry: { initialRetryTime: 50, retries: 20 } }))
}

async function withCassandra<T>(env: Env, use: (client: Cassandra) => Promise<T>): Promise<T> {
  const client = new Cassandra({
    contactPoints: [env['COURANT_CASSANDRA_CONTACT_POINTS'] ?? ''],
    localDataCenter: env['COURANT_CASSANDRA_DATACENTER'] ?? ''
  })
  try {
    return await use(client)
  } finally {
    await client.shutdown()
  }
}

async function withPostgres<T>(env: Env, use: (client: Postgres) => Promise<T>): Promise<T> {
  const client = new Postgres({
    host: env['PGHOST'] ?? '',
    port: Number(env['PGPORT']),
    user: env['PGUSER'] ?? '',
    password: env['PGPASSWORD'] ?? '',
    database: env['PGDATABASE'] ?? ''
  })
  await client.connect()
  try {
    return await use(client)
  } finally {
    await client.end()
  }
}

function minioClient(env: Env): Minio {
  const [endPoint = '', port = ''] = (env['MINIO_ENDPOINT'] ?? '').split(':')
  return new Minio({
    endPoint,
    port: Number(port),
    useSSL: env['MINIO_USE_SSL'] === 'true',
    accessKey: env['MINIO_ACCESS_KEY'] ?? '',
    secretKey: env['MINIO_SECRET_KEY'] ?? ''
  })
}
