import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { userChange } from '../support/changes.ts'
import { clean, hostile, pagesWorld, viewed } from './pages-world.ts'

let world: Awaited<ReturnType<typeof pagesWorld>>
before(async () => {
  world = await pagesWorld()
})
after(() => world.app.close())

describe('the first page', () => {
  it('names what is wrong, why, what follows if nothing is done, and one thing to do', async () => {
    world.views.splice(
      0,
      1,
      viewed(
        { lag: 70, lagSeconds: 412 },
        { level: 'stands', reason: 'nobodyReads', seconds: 412, notices: [{ kind: 'deadLetters', count: 3 }] }
      )
    )
    const { body } = await world.get('/')
    assert.match(body, /<p class="unwell">1 pipeline stands still \(clean-users\)/)
    assert.match(body, /nothing is deleted by age: waiting loses nothing/)
    assert.match(body, /Records wait and nobody reads them/)
    assert.match(body, /<code>courant run clean-users<\/code>/)
    assert.match(body, /href="\/runbook#by-symptom"/)
    world.views.splice(0, 1, viewed())
    assert.doesNotMatch((await world.get('/')).body, /class="incidents"/)
  })

  it('shows at most seven of those that need somebody, and all in the table', async () => {
    const late = Array.from({ length: 9 }, (_, n) =>
      viewed({ name: `late-${n}`, lagSeconds: null }, { level: 'behind', reason: 'late', seconds: 900 })
    )
    world.views.splice(0, 1, ...late)
    const { body } = await world.get('/')
    assert.equal(body.match(/<li class="behind">/g)?.length, 7)
    assert.equal(body.match(/<tr class="behind">/g)?.length, 9)
    world.views.splice(0, 9, viewed())
  })

  it('has no script in line, and a policy under which none would run', async () => {
    const { body, headers } = await world.get('/')
    assert.doesNotMatch(body, /<script>|\son\w+=|style=/)
    assert.match(String(headers['content-security-policy']), /script-src 'self'/)
    assert.doesNotMatch(String(headers['content-security-policy']), /unsafe|https?:/)
  })

  it('remembers the language that was asked for', async () => {
    const asked = await world.get('/?lang=fr')
    const cookie = String(asked.headers['set-cookie']).split(';')[0] ?? ''
    assert.match((await world.get('/t', { cookie })).body, /<html lang="fr">/)
  })
})

describe('the pages of a pipeline, its group and its topics', () => {
  it('tell what it reads and how far it is', async () => {
    assert.match((await world.get('/p/clean-users')).body, /href="\/t\/activity\.users\.changes"/)
    const { body } = await world.get('/g/clean-users')
    assert.match(
      body,
      /activity\.users\.changes<\/a><\/th>\n<td class="number">0<\/td>\n<td class="number">never/
    )
  })

  it('show records decoded and masked, found by key, offset and time', async () => {
    const partition = await world.publish('user-1')
    await world.publish('user-2')
    for (const query of ['', '?key=user-1', `?partition=${partition}&offset=0`, '?time=2026-01-01']) {
      const { body } = await world.get(`/t/${clean.name}${query}`)
      assert.match(body, /‹email›/, query)
      assert.match(body, /user-1/, query)
      assert.doesNotMatch(body, /ada@|first_name&quot;: &quot;Ada/, query)
    }
    assert.doesNotMatch((await world.get(`/t/${clean.name}?key=user-1`)).body, /href="\/k\/user-2"/)
    assert.match((await world.get(`/t/${clean.name}?time=2999-01-01`)).body, /Nothing was found/)
    assert.doesNotMatch((await world.get(`/t/${clean.name}?key=user-1`)).body, /bytes as they lie/)
  })

  it('follow a key through the topics, where replays of it lie under another', async () => {
    await world.publish('clean-users.dead/1', userChange(1).value, { 'courant-key': 'user-3' })
    assert.match((await world.get(`/t/${clean.name}?key=user-1`)).body, /records looked through/)
    const { body } = await world.get('/k/user-1')
    assert.match(body, new RegExp(`href="/t/${clean.name}\\?partition=`))
    assert.match((await world.get('/k?key=a%2Fb')).headers.location ?? '', /^\/k\/a%2Fb$/)
  })

  it('say that something is not there', async () => {
    for (const path of ['/p/none', '/g/none', '/t/none', '/d/none'])
      assert.equal((await world.get(path)).statusCode, 404, path)
  })
})

describe('dead letters', () => {
  it('are grouped by code and field, with what most of them wait for on the first page', async () => {
    await world.setAside('RECORD_INVALID', 'after.amount is not of type double')
    await world.setAside('RECORD_INVALID', 'after.amount is not of type double')
    await world.setAside('TARGET_REFUSED', 'The target refused it')
    const { body } = await world.get('/d')
    assert.match(
      body,
      /RECORD_INVALID after\.amount<\/a><\/th>\n<td class="number">2<\/td><td class="number">66\.7 %/
    )
    const one = await world.get('/d/clean-users?code=TARGET_REFUSED&field=')
    assert.match(one.body, /The target refused it<\/dd>/)
    assert.doesNotMatch(one.body, /after\.amount is not of type double<\/dd>/)
  })
})

describe('whatever lies in a topic', () => {
  it('is text on every page: key, value, header, message, code and the address itself', async () => {
    await world.publish(hostile, userChange(1).value, { [`x${hostile}`]: hostile })
    await world.setAside(hostile, hostile, hostile)
    world.views.push(
      viewed({ name: hostile, lagSeconds: null }, { level: 'fails', reason: 'failed', code: hostile })
    )
    const encoded = encodeURIComponent(hostile)
    const paths = [
      '/',
      '/d',
      '/d/clean-users',
      `/d/clean-users?code=${encoded}&field=`,
      `/t/${clean.name}`,
      `/t/${clean.name}?key=${encoded}&offset=${encoded}&time=${encoded}`,
      '/t/clean-users.dead',
      `/k/${encoded}`,
      `/p/${encoded}`,
      `/g/${encoded}`,
      `/t/${encoded}`
    ]
    for (const path of paths) {
      const { body, headers } = await world.get(path)
      assert.match(String(headers['content-type']), /^text\/html/, path)
      assert.doesNotMatch(body, /<script>|<img|\u202e|href="javascript/, path)
    }
    world.views.pop()
  })
})
