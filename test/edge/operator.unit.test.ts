import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { buildOperator, serveOperator } from '../../edge/operator.ts'
import { MetricsRegistry } from '../../runtime/observability.ts'
import { settingsFrom } from '../../runtime/settings.ts'

describe('the operator pages', () => {
  it('say alive, ready or not, and give the metrics', async () => {
    const metrics = new MetricsRegistry()
    metrics.of('clean-users').count('items_read_total', 3)
    let isReady = false
    const app = buildOperator({ metrics, isReady: () => isReady })
    const get = (url: string) => app.inject({ method: 'GET', url })
    assert.equal((await get('/livez')).statusCode, 200)
    assert.equal((await get('/readyz')).statusCode, 503)
    isReady = true
    assert.equal((await get('/readyz')).statusCode, 200)
    assert.match((await get('/metrics')).body, /courant_items_read_total\{pipeline="clean-users"\} 3/)
    await app.close()
  })

  it('listen on loopback only', async () => {
    const settings = settingsFrom({ COURANT_OPERATOR_PORT: '0' })
    const served = await serveOperator({ settings, metrics: new MetricsRegistry(), isReady: () => true })
    assert.equal(new URL(served.url).hostname, '127.0.0.1')
    assert.equal((await fetch(`${served.url}/livez`)).status, 200)
    await served.close()
  })

  it('answer under their own names only, with headers that keep other pages off', async () => {
    const app = buildOperator({
      metrics: new MetricsRegistry(),
      isReady: () => true,
      names: 'ops.example.com'
    })
    const get = (host: string) => app.inject({ method: 'GET', url: '/metrics', headers: { host } })
    for (const host of ['localhost:9464', '127.0.0.1:9464', 'ops.example.com'])
      assert.equal((await get(host)).statusCode, 200, host)
    const refused = await get('evil.example')
    assert.equal(refused.statusCode, 421)
    assert.doesNotMatch(refused.body, /courant_|process_/)
    const { headers } = await get('localhost')
    assert.match(String(headers['content-security-policy']), /default-src 'none'.*frame-ancestors 'none'/)
    assert.equal(headers['x-content-type-options'], 'nosniff')
    await app.close()
  })
})
