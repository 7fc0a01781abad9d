import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { edge, event } from './edge-in-memory.ts'

describe('the limits of the edge', () => {
  it('answers under its own names only, so that no page of somebody else leads here', async () => {
    const { app, post, written } = await edge({ env: { COURANT_EDGE_HOST_NAMES: 'events.example.com' } })
    const statusOf = async (host: string) => (await post(event(1), { host })).statusCode
    for (const host of [
      'localhost:8000',
      '127.0.0.1:8000',
      '[::1]:8000',
      'Events.example.com',
      'events.example.com.:443'
    ])
      assert.equal(await statusOf(host), 200, host)
    const before = (await written()).length
    for (const host of [
      'attacker.example:8000',
      'localhost.attacker.example',
      'events.example.com.attacker.example'
    ])
      assert.equal(await statusOf(host), 421, host)
    assert.equal((await written()).length, before)
    await app.close()
  })

  it('slows a client that asks too often', async () => {
    const { app, post } = await edge({ env: { COURANT_EDGE_REQUESTS_PER_MINUTE: '2' } })
    const codes = []
    for (const n of [1, 2, 3]) codes.push((await post(event(n))).statusCode)
    assert.deepEqual(codes, [200, 200, 429])
    await app.close()
  })

  it('counts strangers and unknown paths, too', async () => {
    const { app, post } = await edge({ env: { COURANT_EDGE_REQUESTS_PER_MINUTE: '3' } })
    const codes = []
    for (const n of [1, 2]) codes.push((await post(event(n), { authorization: 'Bearer wrong' })).statusCode)
    for (const path of ['/none', '/none', '/none']) codes.push((await post(event(1), {}, path)).statusCode)
    assert.deepEqual(codes, [401, 401, 404, 429, 429])
    await app.close()
  })

  it('takes no times that would make folders without end', async () => {
    const { app, post, written } = await edge({ env: { COURANT_EDGE_EVENT_DAYS: '30' } })
    const at = async (days: number) => {
      const { source, ...rest } = event(1)
      const ts_us = (Date.now() + days * 86_400_000) * 1000
      const answer = await post({ ...rest, source: { ...source, ts_us } })
      return `${answer.statusCode} ${answer.body}`
    }
    for (const days of [-50_000, -31, 2, 30_000])
      assert.match(await at(days), /^422 .*30 days ago/, String(days))
    for (const days of [-29, 0, 0.9]) assert.match(await at(days), /^200/, String(days))
    assert.equal((await written()).length, 3)
    await app.close()
  })

  it('counts by the address that a proxy of ours names, and believes nobody else', async () => {
    const limited = { COURANT_EDGE_REQUESTS_PER_MINUTE: '1' }
    const codes = async (env: Record<string, string>) => {
      const { app, post } = await edge({ env: { ...limited, ...env } })
      const from = async (address: string) =>
        (await post(event(1), { 'x-forwarded-for': address })).statusCode
      const both = [await from('192.0.2.1'), await from('192.0.2.2'), await from('192.0.2.2')]
      await app.close()
      return both
    }
    assert.deepEqual(await codes({ COURANT_EDGE_PROXIES: '127.0.0.0/8, 2001:db8::/32' }), [200, 200, 429])
    assert.deepEqual(await codes({ COURANT_EDGE_PROXIES: '10.0.0.0/8' }), [200, 429, 429])
    await assert.rejects(edge({ env: { COURANT_EDGE_PROXIES: 'proxy.example.com' } }), /COURANT_EDGE_PROXIES/)
  })

  it('says nothing of a path that it cannot read, with the headers of every answer', async () => {
    const { app } = await edge()
    for (const url of ['/topics/%E0%A4%A-canary/events', `/topics/${'canary'.repeat(60)}/events`]) {
      const answer = await app.inject({ method: 'POST', url })
      assert.ok([400, 414].includes(answer.statusCode), String(answer.statusCode))
      assert.doesNotMatch(answer.body, /canary/)
      assert.equal(answer.headers['x-content-type-options'], 'nosniff')
    }
    await app.close()
  })
})
