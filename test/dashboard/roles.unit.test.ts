import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { Lockout, Sessions } from '../../dashboard/sessions.ts'
import { serveOperator } from '../../edge/operator.ts'
import { type Person, readUsers, userLine } from '../../edge/operator-users.ts'
import { MetricsRegistry } from '../../runtime/observability.ts'
import { settingsFrom } from '../../runtime/settings.ts'
import { countDeadLetters } from '../../topics/letters/letters.ts'
import { clean, pagesWorld } from './pages-world.ts'

const people: readonly Person[] = [
  { name: 'olive', role: 'operator', systems: null },
  { name: 'vic', role: 'viewer', systems: null },
  { name: 'foreign', role: 'operator', systems: ['erp'] },
  { name: 'near', role: 'operator', systems: ['activity'] }
]
const group = 'clean-users'
/** Every page, and who may open it beside those who may open all. */
const pages = {
  '/': ['foreign', 'near'],
  '/status.json': ['foreign', 'near'],
  '/t': ['foreign', 'near'],
  '/a': ['foreign', 'near'],
  '/runbook': ['foreign', 'near'],
  '/d': [],
  '/k/user-1': [],
  [`/p/${group}`]: ['near'],
  [`/g/${group}`]: ['near'],
  [`/g/${group}/reset`]: ['near'],
  [`/d/${group}`]: ['near'],
  [`/d/${group}/replay`]: ['near'],
  [`/d/${group}/dismiss`]: ['near'],
  [`/t/${clean.name}`]: ['near'],
  [`/t/${group}.dead`]: ['near']
}

describe('who has to log in', () => {
  let world: Awaited<ReturnType<typeof pagesWorld>>
  const cookies: Record<string, string> = {}
  const login = (name: string, password: string) => world.post('/login', { name, password })
  before(async () => {
    const lines = await Promise.all(people.map((person) => userLine(person, `password of ${person.name}`)))
    world = await pagesWorld(lines.join('\n'))
    await world.setAside('RECORD_INVALID', 'amount is wrong')
    for (const { name } of people) {
      const answer = await login(name, `password of ${name}`)
      assert.equal(answer.statusCode, 303, name)
      cookies[name] = String(answer.headers['set-cookie']).split(';')[0] ?? ''
    }
  })
  after(() => world.app.close())

  it('sees nothing before, on any page, but probes and metrics', async () => {
    for (const path of [...Object.keys(pages), '/events', '/k?key=x']) {
      const { statusCode, body } = await world.get(path)
      assert.equal(statusCode, 401, path)
      assert.doesNotMatch(body, /clean-users|activity\./, path)
    }
    for (const path of ['/livez', '/readyz', '/metrics', '/login', '/page.css', '/page.js'])
      assert.equal((await world.get(path)).statusCode, 200, path)
    for (const path of ['/do', '/stop'])
      assert.equal((await world.post(path, { token: 'x' })).statusCode, 401)
  })

  it('sees afterwards what their systems allow, and no more', async () => {
    for (const [path, some] of Object.entries(pages))
      for (const { name, systems } of people) {
        const { statusCode } = await world.get(path, { cookie: cookies[name] ?? '' })
        const expected = systems === null || (some as readonly string[]).includes(name) ? 200 : 403
        assert.equal(statusCode, expected, `${name} ${path}`)
      }
  })

  it('changes something as operator of its system only, under their own name', async () => {
    const { body } = await world.get(`/d/${group}/dismiss`, { cookie: cookies['olive'] ?? '' })
    const token = /name="token" value="([^"]+)"/.exec(body)?.[1] ?? ''
    const confirm = (name: string, with_ = token) =>
      world.post('/do', { token: with_, reason: 'known' }, { cookie: cookies[name] ?? '' })
    assert.equal((await confirm('vic')).statusCode, 403)
    assert.equal((await world.post('/stop', { job: 'x' }, { cookie: cookies['vic'] ?? '' })).statusCode, 403)
    const waiting = async () => (await countDeadLetters([group], world.connection))[0]?.waiting
    assert.equal(await waiting(), 1)
    assert.equal((await confirm('foreign')).statusCode, 403)
    const mine = await world.get(`/d/${group}/dismiss`, { cookie: cookies['near'] ?? '' })
    const again = /name="token" value="([^"]+)"/.exec(mine.body)?.[1] ?? ''
    assert.equal((await confirm('near', again)).statusCode, 303)
    assert.equal(await waiting(), 0)
    assert.match((await world.get('/a', { cookie: cookies['vic'] ?? '' })).body, /<td>near<\/td>/)
  })

  it('is told the same whether name or password is wrong, and waits after five tries', async () => {
    const [wrongName, wrongPassword] = [await login('nobody', 'x'), await login('vic', 'x')]
    assert.equal(wrongName.body, wrongPassword.body)
    for (let n = 0; n < 4; n++) assert.equal((await login('vic', 'x')).statusCode, 401)
    assert.equal((await login('vic', 'password of vic')).statusCode, 401)
    assert.equal((await login('olive', 'password of olive')).statusCode, 303)
    const other = { origin: 'http://evil.example' }
    const fields = { name: 'olive', password: 'password of olive' }
    assert.equal((await world.post('/login', fields, other)).statusCode, 401)
  })

  it('has a session that scripts cannot read, until they log out', async () => {
    const answer = await login('olive', 'password of olive')
    assert.match(String(answer.headers['set-cookie']), /HttpOnly; SameSite=Strict/)
    const cookie = String(answer.headers['set-cookie']).split(';')[0] ?? ''
    assert.equal((await world.get('/', { cookie })).statusCode, 200)
    await world.post('/logout', {}, { cookie })
    assert.equal((await world.get('/', { cookie })).statusCode, 401)
  })
})

describe('logins', () => {
  it('are refused at the start where a line cannot be read, and asked for off loopback', async () => {
    const line = await userLine({ name: 'a', role: 'viewer', systems: ['erp', 'cv'] }, 'x')
    const [read] = readUsers(`# who\n${line};`)
    assert.deepEqual(typeof read === 'object' && [read.name, read.systems], ['a', ['erp', 'cv']])
    for (const wrong of ['a scrypt:00:00 role:viewer', line.replace('viewer', 'root'), `${line}\n${line}`])
      assert.equal(typeof readUsers(wrong), 'string')
    const settings = settingsFrom({ COURANT_OPERATOR_PORT: '0', COURANT_OPERATOR_HOST: '0.0.0.0' })
    const options = { settings, metrics: new MetricsRegistry(), isReady: () => true }
    await assert.rejects(serveOperator(options), { code: 'CONFIG_INVALID' })
  })

  it('end after an hour without use and after twelve at the latest; tries are forgotten after a quarter', () => {
    const [person] = people
    assert.ok(person)
    const sessions = new Sessions()
    const hour = 3_600_000
    const idle = sessions.open(person, 0)
    assert.equal(sessions.of(idle, hour), person)
    assert.equal(sessions.of(idle, 2 * hour + 1), null)
    const busy = sessions.open(person, 0)
    for (let n = 1; n <= 12; n++) assert.equal(sessions.of(busy, n * hour), person)
    assert.equal(sessions.of(busy, 12 * hour + 1), null)
    const lockout = new Lockout()
    for (let n = 0; n < 5; n++) lockout.failed('a', '::1', 0)
    assert.deepEqual([lockout.isLocked('a', '::1', 1), lockout.isLocked('a', '::2', 1)], [true, false])
    assert.equal(lockout.isLocked('a', '::1', hour), false)
  })
})
