import assert from 'node:assert/strict'
import http from 'node:http'
import { test } from 'node:test'
import type { CourantError } from '../../../runtime/errors.ts'
import { postOut, targetProblem } from '../../../runtime/loop/outgoing.ts'
import { HttpReceiver } from '../../support/http-receiver.ts'

const own = [
  'http://127.0.0.1/',
  'http://2130706433/',
  'http://0x7f.1/',
  'http://017700000001/',
  'http://0.0.0.0/',
  'http://[::1]/',
  'http://[::ffff:127.0.0.1]/',
  'http://[::ffff:a9fe:a9fe]/',
  'http://169.254.169.254/latest/meta-data/',
  'http://10.1.2.3/',
  'http://192.168.0.10/',
  'http://172.20.0.1/',
  'http://[fd00::1]/',
  'http://[fe80::1]/',
  'http://localhost/'
]

test('addresses that lead into private networks are not taken, however they are written', async () => {
  for (const url of own) assert.equal(await targetProblem(url, { mayBePrivate: false }), 'not_public', url)
})

test('what is no plain http address is not taken', async () => {
  const problems = {
    'ftp://example.com/': 'not_http',
    'file:///etc/passwd': 'not_http',
    'no address': 'not_http',
    'https://ada:invented@example.com/': 'has_credentials',
    [`https://example.com/${'x'.repeat(3000)}`]: 'too_long'
  }
  for (const [url, problem] of Object.entries(problems))
    assert.equal(await targetProblem(url, { mayBePrivate: true }), problem, url)
  assert.equal(await targetProblem('https://203.0.113.7/', { mayBePrivate: false }), 'not_public')
  assert.equal(await targetProblem('https://8.8.8.8/hook', { mayBePrivate: false }), null)
})

test('a call does not reach a private address either, and says so without the address', async (t) => {
  const receiver = await HttpReceiver.start()
  t.after(() => receiver.close())
  const call = { body: '{}', headers: {}, mayBePrivate: false }
  for (const url of [
    receiver.url,
    receiver.url.replace('127.0.0.1', 'localhost'),
    receiver.url.replace('127.0.0.1', '[::ffff:127.0.0.1]')
  ])
    await assert.rejects(postOut(url, call), (error: CourantError) => {
      assert.equal(error.code, 'TARGET_UNAVAILABLE')
      assert.doesNotMatch(error.message, /127|localhost/)
      return true
    })
  assert.equal(receiver.received.length, 0)
})

test('a call follows no redirect, and reads of a long answer a part only', async (t) => {
  const server = http.createServer((_request, response) => {
    response.writeHead(302, { location: 'http://127.0.0.1:1/', 'retry-after': '7' })
    const chunk = Buffer.alloc(64 * 1024)
    const more = () => {
      while (!response.destroyed && response.write(chunk));
    }
    response.on('drain', more)
    response.on('error', () => undefined)
    more()
  })
  server.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as { port: number }
  const answer = await postOut(`http://127.0.0.1:${port}/`, { body: '{}', headers: {}, mayBePrivate: true })
  assert.deepEqual(answer, { status: 302, retryAfterMs: 7_000 })
})
