import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { rmSync } from 'node:fs'
import { settingsFrom } from '../../../runtime/settings.ts'
import { events } from '../../../schemas/events.ts'
import { topicOf } from '../../../topics/catalogue.ts'
import { closeConnections, connectionFor } from '../../../topics/connection.ts'
import { applyPlan, planTopics } from '../../../topics/plan.ts'
import { type Recruitment, recruitmentDatabase } from '../../producers/applications/recruitment-database.ts'
import { CourantProcess } from '../../support/courant-process.ts'
import { eventually } from '../../support/eventually.ts'
import { installPython, runs, whyNoPython } from '../../support/python.ts'
import { readTopic } from '../../support/read-topic.ts'
import { sharedStack } from '../../support/stack.ts'
import { unique } from '../../support/unique.ts'

const topic = topicOf(events.submittedApplication)
const run = promisify(execFile)
const token = `canary-${'t'.repeat(32)}`
const httpx = 'httpx==0.28.1'
const noPython = whyNoPython()

describe('the webhook of job applications in production', { timeout: 180_000 }, () => {
  let recruitment: Recruitment
  let env: Record<string, string>
  let edge: CourantProcess
  let url: string
  let operatorUrl: string
  let lives = 0
  let ids: string[]
  const folder = join('/tmp', unique('courant-edge'))

  before(async () => {
    recruitment = await recruitmentDatabase()
    ids = await recruitment.ids()
    env = {
      ...sharedStack('kafka', 'registry'),
      ...recruitment.database.env,
      NODE_ENV: 'production',
      WEBHOOK_SECRET: token,
      COURANT_TOPIC_PREFIX: `${unique('webhook')}.`,
      COURANT_EDGE_PORT: '0',
      COURANT_OPERATOR_PORT: '0'
    }
    const settings = settingsFrom(env)
    const connection = connectionFor(settings)
    await applyPlan(await planTopics([topic], connection, settings), connection)
    edge = new CourantProcess('edge', { args: ['edge'], env, logFile: join(folder, 'edge.log') })
    await start()
  })
  after(async () => {
    await edge.end('SIGTERM')
    const admin = await connectionFor(settingsFrom(env)).kafka.admin()
    await admin.deleteTopics([topic.name])
    await admin.close()
    await closeConnections()
    await recruitment.drop()
    rmSync(folder, { recursive: true, force: true })
  })

  /** Every life of the edge logs once where it listens. */
  const listening = () => [...edge.output().matchAll(/"url":"([^"]+)","operatorUrl":"([^"]+)"/g)]

  async function start(): Promise<void> {
    edge.start()
    lives += 1
    await eventually(() => listening().length === lives, { what: 'the edge listening' })
    const [, publicUrl, operatorPages] = listening().at(-1) ?? []
    url = `${publicUrl}/api/v1/webhooks/application-submitted`
    operatorUrl = operatorPages ?? ''
  }

  const call = (application_id: string | undefined) =>
    fetch(url, {
      method: 'POST',
      headers: { 'x-webhook-token': token, 'content-type': 'application/json' },
      body: JSON.stringify({ application_id })
    })

  const published = async (id = '') =>
    (await readTopic(topic, settingsFrom(env))).filter(({ key }) => key === id).map(({ value }) => value)

  it('takes what curl sends as the old documentation has it', skipUnless('curl'), async () => {
    const headers = ['-H', 'Content-Type: application/json', '-H', `X-Webhook-Token: ${token}`]
    const body = `{"application_id": "${ids[0]}"}`
    const { stdout } = await run('curl', ['-s', '-X', 'POST', url, ...headers, '-d', body])
    assert.equal(JSON.parse(stdout).status, 'accepted')
    assert.equal((await published(ids[0])).length, 1)
  })

  it('takes what Python sends with httpx', { skip: noPython ?? false }, async (t) => {
    const python = await installPython(httpx.replace('==', '-'), [httpx], (line) => t.diagnostic(line))
    const script = join(import.meta.dirname, 'call_webhook.py')
    const { stdout } = await run(python, [script, url, token, ids[1] ?? ''])
    const answers = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    assert.deepEqual(
      answers.map(({ status }) => status),
      [202, 200, 422]
    )
    assert.deepEqual(answers[2].body.detail[0].loc, ['body', 'application_id'])
    assert.equal((await published(ids[1])).length, 1)
  })

  it('gives the same content the same hash, and a changed one another', async () => {
    assert.equal((await call(ids[2])).status, 202)
    assert.equal((await call(ids[2])).status, 202)
    await recruitment.client.query(`UPDATE application SET status = 'embauche!' WHERE id = '${ids[2]}'`)
    assert.equal((await call(ids[2])).status, 202)
    const hashes = (await published(ids[2])).map(({ source }) => source.content_sha256)
    assert.equal(hashes[0], hashes[1])
    assert.notEqual(hashes[1], hashes[2])
  })

  it('waits for the commit that it is faster than', async () => {
    const session = await recruitment.database.session()
    const id = '00000000-0000-4000-8000-00000000000c'
    await session.query('BEGIN')
    await session.query(
      `INSERT INTO application (id, candidate_id, job_offer_id, status)
       SELECT '${id}', candidate_id, job_offer_id, status FROM application LIMIT 1`
    )
    const inserted = await session.query('SELECT clock_timestamp()::text AS at')
    const answer = call(id)
    const asked = `SELECT FROM pg_stat_activity WHERE datname = current_database()
      AND backend_type = 'client backend' AND pid <> pg_backend_pid() AND query_start > $1`
    const begun = [inserted.rows[0]?.['at']]
    await eventually(async () => (await recruitment.client.query(asked, begun)).rowCount, {
      what: 'the edge asking before the commit'
    })
    await session.query('COMMIT')
    assert.equal((await answer).status, 202)
  })

  it('loses nothing that it accepted when it is killed', async () => {
    const accepted = new Set<string>()
    const calling = ids.map(async (id) => {
      const answer = await call(id).catch(() => null)
      if (answer?.status === 202) accepted.add(id)
    })
    await eventually(() => accepted.size > 0, { what: 'an accepted webhook' })
    await edge.end('SIGKILL')
    await Promise.all(calling)
    const keys = new Set((await readTopic(topic, settingsFrom(env))).map(({ key }) => key))
    for (const id of accepted) assert.ok(keys.has(id), `${id} was accepted and is not in the topic`)
    await start()
    assert.equal((await call(ids[0])).status, 202)
  })

  it('keeps the token and personal data out of logs, metrics, keys and headers', async () => {
    const metrics = await (await fetch(`${operatorUrl}/metrics`)).text()
    assert.match(metrics, /courant_webhooks_total\{.*outcome="accepted".*\} \d/)
    const [record] = await published(ids[0])
    const personal = [token, record?.candidate?.email, record?.candidate?.last_name, record?.candidate?.phone]
    for (const text of personal.filter((value) => typeof value === 'string'))
      for (const place of [edge.output(), metrics, ids.join()])
        assert.ok(!place.includes(text.trim()), 'a canary is where it must not be')
  })
})

function skipUnless(command: string): { skip: string | false } {
  return { skip: runs(command, ['--version']) ? false : `${command} is missing` }
}
