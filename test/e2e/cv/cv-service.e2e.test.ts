import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { eventually } from '../../support/eventually.ts'
import { HttpReceiver } from '../../support/http-receiver.ts'
import { runCourant } from '../../support/run-courant.ts'
import { CvWorld } from './cv-world.ts'

const cv = (n: number) =>
  new Blob([
    `Awa Exemple\nInfirmière\nawa${n}@example.com\n+33 6 39 98 00 ${String(n % 100).padStart(2, '0')}\n\n` +
      'EXPÉRIENCE\n2019 - 2024  Infirmière, Clinique des Exemples, Lyon\n\nFORMATION\n2018  Diplôme d’État d’infirmier\n'
  ])

interface Job {
  readonly job_id: string
  readonly status: string
  readonly position_in_queue?: number
  readonly error?: string
  readonly result?: {
    readonly file_name: string
    readonly data: { readonly personal_info: { readonly email: string } }
  }
}

/** As clients of the service before check what they are told. */
const isSignedForPython = (raw: string, signature: string): boolean => {
  const client =
    'import hmac, hashlib, sys; raw = sys.stdin.buffer.read(); ' +
    'want = hmac.new(b"an-invented-secret", raw, hashlib.sha256).hexdigest(); print(hmac.compare_digest(want, sys.argv[1]))'
  return execFileSync('python3', ['-c', client, signature], { input: raw, encoding: 'utf8' }) === 'True\n'
}

const filesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && entry.parentPath.includes('uploads')
  )

const jsonOf = async (answer: Response | Promise<Response>) => (await (await answer).json()) as Job

test('a CV is accepted, read, shown, told to its caller with a signature, and erased', async (t) => {
  const caller = await HttpReceiver.start()
  t.after(() => caller.close())
  const world = await CvWorld.start(t)
  // The first attempt is refused: it comes again, with the same id.
  caller.answers.push({ status: 500 })
  const accepted = await world.upload(cv(1), {
    priority: 'premium',
    webhook_url: caller.url,
    webhook_secret: 'an-invented-secret'
  })
  const job = (await accepted.json()) as Record<string, unknown>
  assert.equal(accepted.status, 200, JSON.stringify(job))
  assert.deepEqual([job['status'], job['priority'], job['webhook_configured']], ['queued', 'premium', true])
  const path = `/api/result/${String(job['job_id'])}`
  assert.notEqual((await world.get(path)).status, 404, 'known right after it was accepted')
  const done = await eventually(
    async () => {
      const shown = await jsonOf(world.get(`${path}?wait=30`))
      return shown.status === 'done' ? shown : null
    },
    { timeoutMs: 120_000, what: 'the CV is read' }
  )
  assert.equal(done?.result?.data.personal_info.email, 'awa1@example.com')
  assert.equal(done?.result?.file_name, 'cv.txt')
  await eventually(() => caller.received.length === 2, { timeoutMs: 120_000, what: 'the caller is told' })
  const [first, second] = caller.received
  assert.ok(first && second)
  assert.equal(
    second.headers['x-signature'],
    createHmac('sha256', 'an-invented-secret').update(second.raw).digest('hex')
  )
  assert.ok(isSignedForPython(second.raw, second.headers['x-signature']))
  assert.equal(first.headers['webhook-id'], second.headers['webhook-id'])
  const told = second.body as Job & { readonly timestamp: number; readonly data: object }
  assert.deepEqual([told.job_id, told.status], [job['job_id'], 'done'])
  assert.ok(Number.isInteger(told.timestamp))

  await t.test('the same file again has the stored result; the same key is the same job', async () => {
    const headers = { 'idempotency-key': 'once' }
    const ids = [
      await jsonOf(world.upload(cv(1), {}, headers)),
      await jsonOf(world.upload(cv(1), {}, headers))
    ]
    assert.equal(ids[0]?.job_id, ids[1]?.job_id)
    await eventually(
      async () => (await jsonOf(world.get(`/api/result/${ids[0]?.job_id}?wait=30`))).status === 'done',
      { timeoutMs: 60_000, what: 'done again' }
    )
  })

  await t.test(
    'what is not read is refused before it is queued, with a sentence in either language',
    async () => {
      const empty = await world.upload(new Blob([]))
      assert.deepEqual(
        [empty.status, ((await empty.json()) as { detail: string }).detail],
        [422, 'Le fichier est vide']
      )
      const program = await world.upload(
        new Blob([Buffer.from('MZ\x90\0\x03\0\0\0')]),
        {},
        { 'accept-language': 'en' }
      )
      assert.equal(program.status, 415)
      const lane = await world.upload(cv(2), { priority: 'urgent' })
      assert.equal(lane.status, 422)
      const url = await world.upload(cv(2), { webhook_url: 'ftp://example.com/' })
      assert.equal(url.status, 422)
    }
  )

  await t.test('its callbacks are shown, and one more is made by hand with the same id', async () => {
    const verb = (...args: string[]) => runCourant(['cv', ...args], { env: world.env })
    const queued = await verb('callbacks', String(job['job_id']), '--redeliver')
    assert.equal(queued.code, 0, queued.err)
    const third = () =>
      caller.received.find(({ headers }, n) => n > 1 && headers['webhook-id'] === first.headers['webhook-id'])
    await eventually(third, { timeoutMs: 120_000, what: 'the caller is told again' })
    const attempts = async () =>
      JSON.parse((await verb('callbacks', String(job['job_id']), '--json')).out) as { outcome: string }[]
    await eventually(async () => (await attempts()).length === 3, { timeoutMs: 60_000, what: 'it is noted' })
    assert.deepEqual(
      (await attempts()).map(({ outcome }) => outcome),
      ['HTTP 500', 'taken', 'taken']
    )
  })

  await t.test(
    'erased by its address, and by its id: nothing of it is shown any more, and it does not come back',
    async () => {
      const other = await jsonOf(world.upload(cv(3)))
      await eventually(
        async () => (await jsonOf(world.get(`/api/result/${other.job_id}?wait=30`))).status === 'done',
        { timeoutMs: 60_000, what: 'another is done' }
      )
      const answer = await fetch(`${world.url()}/api/jobs/${other.job_id}`, { method: 'DELETE' })
      const receipt = (await answer.json()) as { status: string; removed: string[] }
      assert.equal(receipt.status, 'erased')
      assert.ok(receipt.removed.includes('file'))
      assert.equal((await world.get(`/api/result/${other.job_id}`)).status, 404)
      const erased = await runCourant(['cv', 'erase', '--email', 'AWA1@example.com'], { env: world.env })
      assert.equal(erased.code, 0, erased.err)
      assert.match(
        erased.out,
        new RegExp(`${String(job['job_id'])}: removed file, result, callback attempts: 3`)
      )
      assert.deepEqual(filesIn(world.env['COURANT_CV_FILES_DIR'] ?? ''), [])
      assert.equal((await world.get(path)).status, 404)
    }
  )
})

test('jobs queued while no worker runs have exact positions; killed anywhere, each ends once', async (t) => {
  const caller = await HttpReceiver.start()
  t.after(() => caller.close())
  const world = await CvWorld.start(t, { COURANT_CV_PLACES: '2' })
  // The sink that shows jobs goes on, those that read do not.
  await world.workers.end('SIGKILL')
  const ids: string[] = []
  const send = async () =>
    ids.push(
      (await jsonOf(world.upload(cv(ids.length), { priority: 'batch', webhook_url: caller.url }))).job_id
    )
  for (let n = 0; n < 8; n++) await send()
  const queued = await Promise.all(ids.map((id) => jsonOf(world.get(`/api/result/${id}`))))
  assert.deepEqual(
    queued.map((job) => job.position_in_queue),
    ids.map((_, n) => n + 1)
  )
  world.workers.start()
  const positions = new Map<string, number>()
  const look = async () => {
    const jobs = await Promise.all(ids.map((id) => jsonOf(world.get(`/api/result/${id}`))))
    for (const [n, { status, position_in_queue: position }] of jobs.entries()) {
      if (status !== 'pending') continue
      const id = ids[n] ?? ''
      assert.ok(position !== undefined && position >= 1 && position <= ids.length, `position ${position}`)
      assert.ok(position <= (positions.get(id) ?? position), 'a position never rises')
      positions.set(id, position)
    }
    return jobs
  }
  for (let round = 0; round < 3; round++) {
    for (let n = 0; n < 4; n++) await send()
    const isSomeDone = async () => (await look()).slice(-4).some(({ status }) => status !== 'pending')
    await eventually(isSomeDone, { timeoutMs: 120_000, what: 'jobs start' })
    await (round === 1 ? world.edge : world.workers).end('SIGKILL')
    ;(round === 1 ? world.edge : world.workers).start()
    const isUp = async () => (await world.get('/api/result/none')).status === 404
    await eventually(isUp, { timeoutMs: 120_000, what: 'the service is up again' })
  }
  await eventually(async () => (await look()).every(({ status }) => status === 'done'), {
    timeoutMs: 180_000,
    what: 'all jobs are done'
  })
  const told = () => new Set(caller.received.map(({ body }) => (body as Job).job_id))
  await eventually(() => told().size === ids.length, { timeoutMs: 120_000, what: 'each caller is told' })
  // A worker that is killed between the call and its commit calls again, with the same id.
  const messages = new Set(caller.received.map(({ headers }) => headers['webhook-id']))
  assert.equal(messages.size, ids.length)
})
