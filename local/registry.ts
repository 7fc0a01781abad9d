import { join } from 'node:path'
import { java, quickStart } from './java.ts'
import { unpackArtifact } from './maven.ts'
import type { Place, Server } from './server.ts'
import { versions } from './versions.ts'

/** Apicurio's schema registry, which speaks Confluent's REST API. */
export const registry: Server = {
  name: 'registry',
  describe: `Apicurio registry ${versions.apicurio} with Confluent's API`,
  needs: { run: ['setpriv', 'java'], install: ['maven'] },
  replacedBy: 'COURANT_REGISTRY_URL',
  ports: { http: 18081, management: 18082 },
  installedIn: (cacheDir) => join(cacheDir, `apicurio-${versions.apicurio}`),
  async install(folder, report) {
    report('downloading one archive (109 MB, once)')
    await unpackArtifact(`io.apicurio:apicurio-registry-app:${versions.apicurio}:tar.gz:all`, folder, report)
  },
  async prepare(place) {
    const jar = `apicurio-registry-app-${versions.apicurio}-runner.jar`
    return {
      command: java(),
      args: ['-Xmx256m', ...quickStart, ...settings(place), '-jar', join(place.installed, jar)],
      cwd: place.home
    }
  },
  async isReady(place) {
    // The registry's own default is NONE, which accepts every change of a schema.
    const body = JSON.stringify({ compatibility: 'BACKWARD_TRANSITIVE' })
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${apiOf(place)}/config`, {
      method: 'PUT',
      body,
      headers,
      signal: AbortSignal.timeout(30_000)
    })
    return answer.ok
  },
  url: apiOf,
  env: (place) => ({ COURANT_REGISTRY_URL: apiOf(place) })
}

function apiOf(place: Place): string {
  return `http://127.0.0.1:${place.ports['http']}/apis/ccompat/v7`
}

/** H2 in a file: it needs no other server, and is written through before an answer, so that kill -9 loses nothing. */
function settings({ home, ports }: Place): string[] {
  return [
    '-Dquarkus.http.host=127.0.0.1',
    `-Dquarkus.http.port=${ports['http']}`,
    // Left alone, the management interface listens on 0.0.0.0:9000.
    '-Dquarkus.management.host=127.0.0.1',
    `-Dquarkus.management.port=${ports['management']}`,
    '-Dapicurio.storage.kind=sql',
    '-Dapicurio.storage.sql.kind=h2',
    `-Dapicurio.datasource.url=jdbc:h2:file:${join(home, 'schemas')};WRITE_DELAY=0`,
    // Under load twenty connections at once take longer to open than the pool waits by default.
    '-Dapicurio.datasource.jdbc.initial-size=2',
    '-Dapicurio.datasource.jdbc.min-size=2',
    '-Dapicurio.datasource.jdbc.max-size=20',
    '-Dquarkus.datasource.h2.jdbc.acquisition-timeout=60S',
    '-Dapicurio.datasource.username=courant',
    '-Dapicurio.datasource.password=courant'
  ]
}
