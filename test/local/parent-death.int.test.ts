import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync, readdirSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { ServerName } from '../../local/server.ts'
import { eventually } from '../support/eventually.ts'
import { ownEnv, temporaryFolder } from '../support/stack.ts'

/** A process that starts servers, says `ALL READY`, and would run for ever. */
const parentProgram = `
  import { startStack } from '${join(import.meta.dirname, '../../local/stack.ts')}'
  await startStack({ servers: process.argv.slice(1), ports: 'free', report: console.log })
  console.log('ALL READY')
  setInterval(() => {}, 1000)`

function startParent(t: TestContext, names: readonly ServerName[]) {
  const dataDir = temporaryFolder(t)
  const env = ownEnv(dataDir)
  const parent = spawn(process.execPath, ['--input-type=module', '-e', parentProgram, ...names], { env })
  t.after(() => parent.kill('SIGKILL'))
  return { parent, dataDir, output: outputOf(parent) }
}

function outputOf(child: ChildProcess): () => string {
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      text += String(chunk)
    })
  return () => text
}

/** Every process that works on the folder, by its arguments or its working directory; PostgreSQL's workers show only the latter. */
function processesOn(folder: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
        const isOnIt = command.includes(folder) || readlinkSync(`/proc/${pid}/cwd`).startsWith(folder)
        return isOnIt ? [`${pid} ${command.slice(0, 80)}`] : []
      } catch {
        return []
      }
    })
}

test('kill -9 of the parent takes every server with it', async (t) => {
  const names = ['kafka', 'registry', 'cassandra', 'postgres', 'minio'] as const
  const { parent, dataDir, output } = startParent(t, names)
  await eventually(() => output().includes('ALL READY'), { timeoutMs: 240_000, what: 'ALL READY' })
  const running = processesOn(dataDir)
  assert.ok(
    running.length >= names.length + 3,
    `the servers and PostgreSQL's workers:\n${running.join('\n')}`
  )
  parent.kill('SIGKILL')
  await eventually(() => processesOn(dataDir).length === 0, { timeoutMs: 20_000, what: 'every server gone' })
})

test('kill -9 of the parent while servers are starting leaves none behind', async (t) => {
  const { parent, dataDir } = startParent(t, ['kafka', 'registry', 'postgres'])
  await eventually(() => processesOn(dataDir).length >= 2, { timeoutMs: 60_000 })
  parent.kill('SIGKILL')
  await eventually(() => processesOn(dataDir).length === 0, { timeoutMs: 20_000, what: 'every server gone' })
})
