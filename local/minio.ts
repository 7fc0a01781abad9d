import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { goIn } from './go.ts'
import { ownPassword } from './own-password.ts'
import type { Report, Server } from './server.ts'
import { runTied } from './tied-process.ts'
import { versions } from './versions.ts'

const accessKey = 'courant'

/** MinIO, an object store with S3's API and bucket notifications. */
export const minio: Server = {
  name: 'minio',
  describe: 'MinIO object store (RELEASE.2026-02-12)',
  needs: { run: ['setpriv'], install: ['go'] },
  replacedBy: 'MINIO_ENDPOINT',
  ports: { s3: 19000, console: 19001 },
  installedIn: (cacheDir) => join(cacheDir, `minio-${versions.minio}`),
  async install(folder, report) {
    const go = await goIn(dirname(folder), report)
    report('building from source (226 MB of modules, up to 10 minutes of processor time, once)')
    const flags = ['-v', '-tags', 'kqueue', '-trimpath', '-ldflags', '-s -w']
    await runTied(go, ['install', ...flags, `github.com/minio/minio@${versions.minio}`], {
      env: { GOBIN: folder, CGO_ENABLED: '0' },
      onLine: progress(report)
    })
  },
  async prepare(place) {
    const data = join(place.home, 'data')
    mkdirSync(data, { recursive: true })
    const listen = ['--address', `127.0.0.1:${place.ports['s3']}`]
    const console = ['--console-address', `127.0.0.1:${place.ports['console']}`]
    return {
      command: join(place.installed, 'minio'),
      args: ['server', '--quiet', ...listen, ...console, data],
      env: {
        MINIO_ROOT_USER: accessKey,
        MINIO_ROOT_PASSWORD: ownPassword(place.home),
        // Lets it keep data on the system's disk.
        MINIO_CI_CD: '1',
        MINIO_CALLHOME_ENABLE: 'off',
        MINIO_UPDATE: 'off',
        GOMEMLIMIT: '512MiB',
        ...webhook(place.home)
      }
    }
  },
  async isReady(place) {
    const answer = await fetch(`${this.url(place)}/minio/health/ready`, { signal: AbortSignal.timeout(2000) })
    return answer.ok
  },
  url: (place) => `http://127.0.0.1:${place.ports['s3']}`,
  env: (place) => ({
    MINIO_ENDPOINT: `127.0.0.1:${place.ports['s3']}`,
    MINIO_USE_SSL: 'false',
    MINIO_ACCESS_KEY: accessKey,
    MINIO_SECRET_KEY: ownPassword(place.home)
  })
}

/**
 * Whom it tells of dropped files, once `courant lake init` has asked for it; what nobody took waits on disc. The
 * environment may name another address, and a token.
 */
function webhook(home: string): Record<string, string> {
  const { MINIO_NOTIFY_WEBHOOK_ENDPOINT_COURANT, MINIO_NOTIFY_WEBHOOK_AUTH_TOKEN_COURANT } = process.env
  const queue = join(home, 'notifications')
  mkdirSync(queue, { recursive: true })
  return {
    MINIO_NOTIFY_WEBHOOK_ENABLE_COURANT: 'on',
    MINIO_NOTIFY_WEBHOOK_ENDPOINT_COURANT: MINIO_NOTIFY_WEBHOOK_ENDPOINT_COURANT ?? 'http://127.0.0.1:8000/',
    MINIO_NOTIFY_WEBHOOK_AUTH_TOKEN_COURANT: MINIO_NOTIFY_WEBHOOK_AUTH_TOKEN_COURANT ?? '',
    MINIO_NOTIFY_WEBHOOK_QUEUE_DIR_COURANT: queue,
    MINIO_NOTIFY_WEBHOOK_QUEUE_LIMIT_COURANT: '10000'
  }
}

/** Go names each package as it is compiled and cannot say how many are to come. */
function progress(report: Report): (line: string) => void {
  let packages = 0
  let reportedAt = performance.now()
  return (line) => {
    if (line.startsWith('go: downloading')) return
    packages += 1
    if (performance.now() - reportedAt < 15_000) return
    reportedAt = performance.now()
    report(`building, ${packages} packages compiled so far`)
  }
}
