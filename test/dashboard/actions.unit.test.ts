import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { PreviewTokens } from '../../dashboard/preview-token.ts'
import { audited } from '../../operate/audit.ts'
import { countDeadLetters } from '../../topics/letters/letters.ts'
import { eventually } from '../support/eventually.ts'
import { recordsOf } from '../support/memory-topics.ts'
import { pagesWorld } from './pages-world.ts'

const group = 'clean-users'
let world: Awaited<ReturnType<typeof pagesWorld>>
before(async () => {
  world = await pagesWorld()
  for (const key of ['a', 'b', 'c']) await world.setAside('RECORD_INVALID', 'amount is wrong', key)
  await world.setAside('TARGET_REFUSED', 'no', 'd')
})
after(() => world.app.close())

const tokenIn = (body: string) => /name="token" value="([^"]+)"/.exec(body)?.[1] ?? ''
const waiting = async () => (await countDeadLetters([group], world.connection))[0]?.waiting
const audit = async () => (await world.get('/a')).body

describe('what changes something', () => {
  it('is previewed with its count and its command, and changes nothing by that', async () => {
    const { body } = await world.get(`/d/${group}/replay?code=RECORD_INVALID&field=amount`)
    assert.match(body, /<strong>3<\/strong>/)
    assert.match(body, /courant dlq replay clean-users --code RECORD_INVALID --field amount --rate 100/)
    assert.equal(await waiting(), 4)
  })

  it('is refused without a preview, with one that was changed, and from a page of somebody else', async () => {
    const token = tokenIn((await world.get(`/d/${group}/dismiss`)).body)
    const reason = 'because'
    assert.equal((await world.post('/do', { reason })).statusCode, 409)
    assert.equal((await world.post('/do', { reason, token: `x${token}` })).statusCode, 409)
    assert.equal((await world.post('/do', { token })).statusCode, 400)
    for (const headers of [
      { origin: 'http://evil.example' },
      { 'sec-fetch-site': 'cross-site' },
      { origin: '' }
    ])
      assert.equal((await world.post('/do', { token, reason }, headers)).statusCode, 403)
    assert.equal((await world.post('/stop', { job: 'x' }, { origin: 'null' })).statusCode, 403)
    assert.equal(await waiting(), 4)
    assert.match(await audit(), /Nobody has changed anything yet/)
  })

  it('dismisses what was previewed once it is confirmed, once, and says so in the audit', async () => {
    const token = tokenIn((await world.get(`/d/${group}/dismiss?code=TARGET_REFUSED`)).body)
    assert.equal((await world.post('/do', { token, reason: 'known, see 4711' })).headers.location, '/a')
    assert.equal(await waiting(), 3)
    assert.equal((await world.post('/do', { token, reason: 'again' })).statusCode, 409)
    assert.match(await audit(), /dlq dismiss clean-users --code TARGET_REFUSED<\/code><\/td><td>done<\/td>/)
    assert.match(await audit(), /<td>1 dead letters<\/td><td>1 dismissed<\/td><td>known, see 4711<\/td>/)
  })

  it('replays those of one error, and no more than were previewed', async () => {
    const token = tokenIn((await world.get(`/d/${group}/replay?code=RECORD_INVALID&rate=1000`)).body)
    await world.setAside('RECORD_INVALID', 'amount is wrong', 'later')
    assert.equal((await world.post('/do', { token, reason: 'corrected' })).statusCode, 303)
    await eventually(async () => /<td>3 sent<\/td>/.test(await audit()))
    const sent = await recordsOf(world.connection, 'activity.users.changes')
    assert.deepEqual(
      sent.flatMap(({ value, headers }) => (value ? [String(headers['courant-key'])] : [])).sort(),
      ['a', 'b', 'c']
    )
    assert.equal(await waiting(), 1)
  })

  it('moves a group that nobody reads as, and says how much is read again', async () => {
    const admin = await world.connection.kafka.admin()
    const ends = await admin.offsets('activity.users.changes')
    await admin.setCommitted(
      group,
      ends.map(({ high, ...at }) => ({ topic: at.topic, partition: at.partition, offset: high }))
    )
    const { body } = await world.get(`/g/${group}/reset?to=start`)
    const total = ends.reduce((sum, { high }) => sum + high, 0)
    assert.match(body, new RegExp(`read again: <strong>${total}</strong>`))
    const token = tokenIn(body)
    assert.equal((await world.post('/do', { token, reason: 'read anew' })).statusCode, 303)
    const committed = await admin.committed(group, ['activity.users.changes'])
    assert.ok(committed.every(({ offset }) => offset === 0))
    await admin.close()
  })

  it('is unfinished in the audit as long as its end was not noted, as where its process was killed', async () => {
    const intent = {
      who: 'ada',
      action: 'replay',
      target: group,
      command: 'x',
      previewed: '9',
      reason: ''
    } as const
    const never = Promise.withResolvers<{ result: string; value: undefined }>()
    void audited(intent, world, () => never.promise)
    await eventually(async () =>
      /<td>ada<\/td><td><code>x<\/code><\/td><td>unfinished<\/td>/.test(await audit())
    )
  })

  it('does not move a group that is being read', async () => {
    const consumer = await world.connection.kafka.consumer({ group, topics: ['activity.users.changes'] })
    await consumer.poll({ limit: 1, waitMs: 10, lingerMs: 0, signal: AbortSignal.timeout(5_000) })
    const { body } = await world.get(`/g/${group}/reset?to=end`)
    assert.match(body, /stop its pipeline first/)
    assert.equal(tokenIn(body), '')
    await consumer.close()
  })
})

describe('a preview', () => {
  it('holds for five minutes, once, in the process that made it', () => {
    const tokens = new PreviewTokens<number>()
    const now = Date.now()
    const token = tokens.issue(7, now)
    assert.equal(new PreviewTokens<number>().redeem(token, now), null)
    assert.equal(tokens.redeem(token, now + 6 * 60_000), null)
    assert.equal(tokens.redeem(token, now + 60_000), 7)
    assert.equal(tokens.redeem(token, now + 60_000), null)
    for (const wrong of ['', '.', 'a.b', token.slice(0, -2)]) assert.equal(tokens.redeem(wrong, now), null)
  })
})
