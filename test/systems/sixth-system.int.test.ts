import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { settingsFrom } from '../../runtime/settings.ts'
import { CourantProcess } from '../support/courant-process.ts'
import { deleteTopics } from '../support/delete-topics.ts'
import { eventually } from '../support/eventually.ts'
import { runCourant } from '../support/run-courant.ts'
import { sharedStack } from '../support/stack.ts'
import { unique } from '../support/unique.ts'
// Before anything that goes over the systems.
import './sixth/list.ts'

describe('a system that is one folder and one line', { timeout: 180_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'courant-sixth-'))
  const env = {
    ...sharedStack('kafka', 'registry'),
    NODE_OPTIONS: `--import ${join(import.meta.dirname, 'sixth/list.ts')}`,
    COURANT_SYSTEMS: 'weather',
    COURANT_TOPIC_PREFIX: `${unique('sixth')}.`,
    COURANT_DATA_DIR: folder,
    COURANT_STATE_DIR: join(folder, 'state'),
    COURANT_OPERATOR_PORT: '0'
  }
  after(async () => {
    await deleteTopics(settingsFrom(env))
    rmSync(folder, { recursive: true, force: true })
  })
  const courant = async (...args: string[]) => {
    const { out, err } = await runCourant(args, { env })
    return out + err
  }

  it('is in docs/generated, with its settings', async () => {
    const { pages } = await import('../../docs/generate.ts')
    const text = (page: string) => JSON.stringify(pages()[page]?.rows)
    assert.match(text('systems'), /weather.*readings of a weather station.*courant weather/)
    for (const [page, name] of [
      ['pipelines', 'report.roof'],
      ['topics', 'weather.readings.taken'],
      ['topics', 'station.roof.dead'],
      ['settings', 'COURANT_WEATHER_UNIT']
    ] as const)
      assert.ok(text(page).includes(`\`${name}\``), `${name} in ${page}`)
  })

  it('has its verb in the help, and its pipelines in the list and among the rights', async () => {
    assert.match(await courant('--help'), /weather +look out of the window/)
    const listed = JSON.parse((await runCourant(['list', '--json'], { env })).out) as Record<string, string>[]
    assert.deepEqual(
      listed.filter(({ system }) => system === 'weather').map(({ name }) => name),
      ['station.roof', 'report.roof']
    )
    assert.match(
      await courant('topics', 'acls'),
      /'User:report\.roof' --operation Read --topic '[^']*readings/
    )
  })

  it('gets its topics and is checked, runs with a page, and has a lag', async () => {
    assert.match(await courant('topics', 'apply'), /create +weather\.readings\.taken/)
    assert.match(await courant('check'), /report\.roof: The report has no paper/)
    const run = new CourantProcess('run', { args: ['run'], env, logFile: join(folder, 'run.log') })
    run.start()
    try {
      const url = await eventually(() => run.pagesUrl(), { what: 'its page', timeoutMs: 60_000 })
      const page = await (await fetch(url)).text()
      for (const name of ['station.roof', 'report.roof']) assert.match(page, new RegExp(name))
      // Another process tells how they are, of the one that reads no topic, too.
      const seen = async () => {
        const lag = JSON.parse((await runCourant(['lag', '--json'], { env })).out) as Record<
          string,
          unknown
        >[]
        assert.deepEqual(
          lag.map(({ pipeline, topic, health }) => [pipeline, topic, health].join()).toSorted(),
          ['report.roof,weather.readings.taken,keeps up', 'station.roof,,keeps up']
        )
        return true
      }
      // Unknown until it has said so for the first time.
      await eventually(seen, { what: 'lag tells of both', timeoutMs: 60_000 })
    } finally {
      await run.end('SIGTERM')
    }
  })
})
