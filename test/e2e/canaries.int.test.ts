import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { DuckDBInstance } from '@duckdb/node-api'
import { memoryKafka } from '../../topics/kafka/memory/memory.ts'
import type { OutgoingRecord } from '../../topics/kafka/port.ts'
import { temporaryFolder } from '../support/stack.ts'
import {
  leaks,
  personal,
  secret,
  seenInDatabase,
  seenInFolder,
  seenInObjects,
  seenInTopics,
  seenOnPages
} from './canaries.ts'

const mail = `Mail ${personal.toUpperCase()}@example.com`

/** What is found when these records lie in a topic. */
async function foundIn(record: Partial<OutgoingRecord>): Promise<string[]> {
  const kafka = memoryKafka()
  const admin = await kafka.admin()
  await admin.createTopics([{ name: 't', partitions: 1, replicationFactor: 1, config: {} }])
  await (await kafka.producer()).send([{ topic: 't', partition: 0, key: 'k', value: null, ...record }])
  return leaks(await seenInTopics(kafka))
}

test('a password is found in keys, headers and values of topics', async () => {
  assert.deepEqual(await foundIn({ key: `x${secret}` }), ['I12: the key of t/0/0 has a password'])
  assert.deepEqual(await foundIn({ headers: { id: secret } }), ['I12: the headers of t/0/0 has a password'])
  assert.deepEqual(await foundIn({ value: Buffer.from(`\0${secret}`) }), [
    'I12: the value of t/0/0 has a password'
  ])
})

test('personal data is found in keys and headers, and may be in values', async () => {
  assert.deepEqual(await foundIn({ key: mail }), ['I12: the key of t/0/0 has personal data'])
  assert.deepEqual(await foundIn({ headers: { [mail]: '' } }), [
    'I12: the headers of t/0/0 has personal data'
  ])
  assert.deepEqual(await foundIn({ value: Buffer.from(mail) }), [])
})

test('both are found in logs and their names; in contents only a password is a leak', (t) => {
  const folder = temporaryFolder(t)
  mkdirSync(join(folder, 'logs', 'deep'), { recursive: true })
  const log = join(folder, 'logs', 'deep', 'a.log')
  writeFileSync(log, `{"msg":"${mail}"}`)
  assert.deepEqual(leaks(seenInFolder(folder, { isData: false })), [`I12: ${log} has personal data`])
  assert.deepEqual(leaks(seenInFolder(folder, { isData: true })), [])
  writeFileSync(log, secret)
  assert.deepEqual(leaks(seenInFolder(folder, { isData: true })), [`I12: ${log} has a password`])
})

test('a password is found in compressed Parquet and in CSV, personal data in names and metadata', async (t) => {
  const folder = temporaryFolder(t)
  const object = (name: string, metadata = {}) => ({ name, file: join(folder, 'file.parquet'), metadata })
  const parquet = object('silver/users/day/users.parquet')
  // So long that statistics leave it out, so varied that zstd codes its letters: the bytes do not show it.
  const password = `repeat('x', 300) || md5(n::VARCHAR) || '${secret}'`
  await inDuckdb(':memory:', [
    `COPY (SELECT ${password} AS p FROM range(1000) r(n)) TO '${parquet.file}' (COMPRESSION zstd)`
  ])
  assert.deepEqual(leaks(await seenInObjects([parquet])), ['I12: silver/users has a password'])
  await inDuckdb(':memory:', [`COPY (SELECT '${mail}' AS p) TO '${parquet.file}' (COMPRESSION zstd)`])
  assert.deepEqual(leaks(await seenInObjects([parquet])), [])
  assert.deepEqual(leaks(await seenInObjects([object(`silver/${personal}/a.parquet`)])), [
    'I12: the name of an object has personal data'
  ])
  assert.deepEqual(leaks(await seenInObjects([object('silver/t/a.parquet', { id: mail })])), [
    'I12: the metadata of silver/t/a.parquet has personal data'
  ])
  const csv = { name: 'bronze/users/a.csv', file: join(folder, 'a.csv'), metadata: {} }
  writeFileSync(csv.file, `id,p\n1,${secret}\n`)
  assert.deepEqual(leaks(await seenInObjects([csv])), ['I12: bronze/users/a.csv has a password'])
})

test('a password is found in tables and views of DuckDB', async (t) => {
  const file = join(temporaryFolder(t), 'analytics.duckdb')
  await inDuckdb(file, [
    `CREATE TABLE people AS SELECT '${mail}' AS name`,
    `CREATE SCHEMA silver`,
    `CREATE VIEW silver.people AS SELECT name, '${secret}' AS p FROM main.people`
  ])
  assert.deepEqual(leaks(await seenInDatabase(file)), [`I12: "silver"."people" of ${file} has a password`])
})

test('personal data is found in metrics', async (t) => {
  const server = createServer((_request, response) => response.end(`courant_items_total{name="${mail}"} 1`))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  assert.deepEqual(leaks(await seenOnPages([{ name: 'gold', pagesUrl: () => url }])), [
    'I12: /metrics of gold has personal data',
    'I12: / of gold has personal data'
  ])
})

async function inDuckdb(file: string, statements: readonly string[]): Promise<void> {
  const duckdb = await DuckDBInstance.create(file)
  const connection = await duckdb.connect()
  for (const statement of statements) await connection.run(statement)
  connection.closeSync()
  duckdb.closeSync()
}
