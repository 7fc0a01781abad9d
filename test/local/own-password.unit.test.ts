import assert from 'node:assert/strict'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { minio } from '../../local/minio.ts'
import { postgres } from '../../local/postgres.ts'
import { ownPassword } from '../../local/own-password.ts'
import { temporaryFolder } from '../support/stack.ts'

test('each data folder has a password of its own, which stays, and which only its owner reads', (t) => {
  const [one, other] = [join(temporaryFolder(t), 'postgres'), join(temporaryFolder(t), 'postgres')]
  const password = ownPassword(one)
  assert.match(password, /^[\w-]{24}$/)
  assert.equal(ownPassword(one), password)
  assert.notEqual(ownPassword(other), password)
  assert.equal(statSync(join(one, 'password')).mode & 0o077, 0)
  assert.equal(ownPassword(join(other, 'older'), 'postgres'), 'postgres')
})

test('no local server that has a login can be entered with a known password', (t) => {
  const place = (name: string) => ({
    home: join(temporaryFolder(t), name),
    installed: '',
    ports: {},
    logText: async () => ''
  })
  const known = ['postgres', 'minioadmin', '']
  assert.ok(!known.includes(postgres.env(place('postgres'))['PGPASSWORD'] ?? ''))
  assert.ok(!known.includes(minio.env(place('minio'))['MINIO_SECRET_KEY'] ?? ''))
})
