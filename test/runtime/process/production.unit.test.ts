import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { allSettings } from '../../../cli/all-settings.ts'
import { hostOf, isThisMachine } from '../../../runtime/process/production.ts'
import { checkSettings, type Environment } from '../../../runtime/settings.ts'

/** Every setting as somebody has it who thought of nothing but the addresses. */
const careless: Environment = {
  NODE_ENV: 'production',
  COURANT_KAFKA_BROKERS: '127.0.0.1:9092,kafka.example.com:9092',
  COURANT_KAFKA_SASL_USERNAME: 'courant',
  COURANT_KAFKA_SSL_CA: '/etc/courant/ca.pem',
  COURANT_REGISTRY_URL: 'http://registry.example.com/apis/ccompat/v7',
  PGHOST: 'db.example.com',
  COURANT_APPLICATIONS_DATABASE_URL: 'postgres://courant:Canary4711@hr.example.com/hr',
  COURANT_CASSANDRA_CONTACT_POINTS: 'cassandra.example.com:9042',
  COURANT_LAKE_URL: 's3://lake',
  MINIO_ENDPOINT: 'minio.example.com:9000',
  COURANT_ODS_URL: 'mssql://courant:Canary4711@sql.example.com/ods?encrypt=false',
  AZ_FUNC_ON_APP_SUBMITTED_URL: 'http://functions.example.com/api/f',
  AZURE_STORAGE_CONNECTION_STRING:
    'DefaultEndpointsProtocol=http;AccountName=a;AccountKey=Canary4711;BlobEndpoint=http://blobs.example.com/a;',
  COURANT_ALERTS_TEAMS_URL: 'https://teams.example.com/x',
  WEBHOOK_SECRET: 'x'.repeat(32)
}

const names = [
  'kafka-plaintext',
  'kafka-no-login',
  'kafka-unused-tls',
  'registry-plaintext',
  'postgres-plaintext',
  'applications-plaintext',
  'applications-password-in-url',
  'cassandra-plaintext',
  'minio-plaintext',
  'ods-plaintext',
  'ods-password-in-url',
  'function-plaintext',
  'azure-plaintext',
  'empty-salt'
]

function refusal(env: Environment): string {
  try {
    const weighed = allSettings().filter(({ risks }) => risks !== undefined)
    checkSettings(weighed, env)
    return ''
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

describe('settings in production', () => {
  it('are refused in one list that says of each risk how to take it away, and by which name to accept it', () => {
    const said = refusal(careless)
    for (const name of names) assert.match(said, new RegExp(`COURANT_ACCEPTED_RISKS=${name}$`, 'm'), said)
    assert.doesNotMatch(said, /Canary/)
  })

  it('are taken once each risk is accepted, or elsewhere than in production', () => {
    const before = refusal({ ...careless, NODE_ENV: 'development' })
    assert.doesNotMatch(before, /ACCEPTED_RISKS/)
    assert.equal(refusal({ ...careless, COURANT_ACCEPTED_RISKS: names.join(', ') }), before)
    const oneLess = refusal({ ...careless, COURANT_ACCEPTED_RISKS: names.slice(1).join(',') })
    assert.equal(oneLess.match(/ACCEPTED_RISKS/g)?.length, 1)
  })

  it('are no risk on this machine, or encrypted', () => {
    const safe: Environment = {
      NODE_ENV: 'production',
      COURANT_KAFKA_BROKERS: 'kafka.example.com:9093',
      COURANT_KAFKA_SSL_ENABLED: 'true',
      COURANT_REGISTRY_URL: 'https://registry.example.com',
      PGHOST: '/var/run/postgresql',
      COURANT_APPLICATIONS_DATABASE_URL: 'postgres://courant@hr.example.com/hr?sslmode=verify-full',
      COURANT_CASSANDRA_CONTACT_POINTS: '127.0.0.1:9042,[::1]:9042',
      COURANT_ODS_URL: 'mssql://courant@sql.example.com/ods',
      AZURE_STORAGE_CONNECTION_STRING: 'DefaultEndpointsProtocol=https;AccountName=a;AccountKey=k',
      COURANT_APPLICATIONS_SALT: 'x'.repeat(32)
    }
    assert.doesNotMatch(refusal(safe), /ACCEPTED_RISKS/)
  })

  it('know a host in every form of an address', () => {
    for (const address of [
      '127.0.0.1:9092',
      'localhost',
      '[::1]:9042',
      'http://localhost:81/x',
      'postgres://u:p@127.8.9.1/x',
      '/var/run'
    ])
      assert.equal(isThisMachine(hostOf(address)), true, address)
    for (const address of [
      '127.0.0.1.example.com:1',
      'kafka:9092',
      'http://localhost@example.com/',
      '10.0.0.1'
    ])
      assert.equal(isThisMachine(hostOf(address)), false, address)
  })
})
