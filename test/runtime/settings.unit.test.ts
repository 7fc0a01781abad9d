import assert from 'node:assert/strict'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { checkSettings, oneOf, settingsFrom, wholeNumber } from '../../runtime/settings.ts'

const port = { env: 'PORT', describe: 'port', check: wholeNumber(1, 65_535) }
const mode = { env: 'MODE', describe: 'mode', default: 'poll', check: oneOf('poll', 'log') }
const secret = { env: 'SECRET', describe: 'secret', secret: true }

test('every bad or missing key is listed at once', () => {
  assert.throws(() => checkSettings([port, mode, secret], { PORT: '70000', MODE: 'push' }), {
    code: 'CONFIG_INVALID',
    message: /PORT must be a whole number[^]*MODE must be one of poll, log[^]*SECRET is not set/
  })
})

test('an empty variable counts as not set, and a default takes its place', () => {
  assert.equal(settingsFrom({ MODE: '' }).text(mode), 'poll')
})

test('a secret may come from a file', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'courant-')), 'secret')
  writeFileSync(file, 'from the file\n')
  assert.equal(settingsFrom({ SECRET_FILE: file }).text(secret), 'from the file')
})

test('a file that is not there is a bad setting, listed with the others', () => {
  const env = { SECRET_FILE: '/no/such/secret', PORT: '0' }
  const told = /SECRET cannot be read from \/no\/such\/secret \(ENOENT\): correct the path in SECRET_FILE/
  assert.throws(() => checkSettings([secret, port], env), { code: 'CONFIG_INVALID', message: told })
  assert.throws(() => checkSettings([secret, port], env), { message: /PORT must be a whole number/ })
  assert.throws(() => settingsFrom(env).text(secret), { code: 'CONFIG_INVALID', message: told })
  assert.throws(() => settingsFrom(env).optional(secret), { code: 'CONFIG_INVALID', message: told })
})
