import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Prints to standard error, at the end, the packages of which a process loaded something. */
const watch = `data:text/javascript,${encodeURIComponent(`
import { registerHooks } from 'node:module'
const seen = new Set()
registerHooks({ load(url, context, next) {
  const name = url.match(/node_modules\\/((?:@[^/]+\\/)?[^/]+)/)?.[1]
  if (name) seen.add(name)
  return next(url, context)
} })
process.on('exit', () => console.error('packages:' + [...seen].join(' ')))`)}`

async function packagesOf(...words: string[]): Promise<ReadonlySet<string>> {
  const { stderr } = await run(process.execPath, ['--import', watch, 'cli/main.ts', ...words])
  const line = stderr.split('\n').findLast((each) => each.startsWith('packages:')) ?? ''
  return new Set(line.slice('packages:'.length).split(' '))
}

test('help loads the words of the command line and nothing else', async () => {
  assert.deepEqual([...(await packagesOf('--help'))], ['commander'])
})

test('a list of pipelines waits for no driver', async () => {
  const loaded = await packagesOf('list')
  assert.ok(loaded.has('commander'), 'the watch sees what is loaded')
  const drivers = [
    '@azure/storage-blob',
    '@duckdb/node-api',
    'cassandra-driver',
    'fastify',
    'kafkajs',
    'libphonenumber-js',
    'minio',
    'mssql',
    'pg',
    'prom-client'
  ]
  assert.deepEqual(
    drivers.filter((name) => loaded.has(name)),
    []
  )
})
