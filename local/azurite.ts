import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { installLocked } from './npm-package.ts'
import type { Place, Server } from './server.ts'
import { versions } from './versions.ts'

// The account and key that Microsoft publishes for its emulator; they open nothing else.
const account = 'devstoreaccount1'
const key = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=='

/** Azurite, Microsoft's emulator of Azure Blob Storage. */
export const azurite: Server = {
  name: 'azurite',
  describe: `Azurite ${versions.azurite}, Azure Blob Storage on this machine`,
  needs: { run: ['setpriv'], install: ['npm'] },
  replacedBy: 'AZURE_STORAGE_CONNECTION_STRING',
  ports: { blob: 11000 },
  installedIn: (cacheDir) => join(cacheDir, `azurite-${versions.azurite}`),
  async install(folder, report) {
    report('downloading one package and what it needs (190 MB, once)')
    await installLocked('azurite', folder)
  },
  async prepare(place) {
    const data = join(place.home, 'data')
    mkdirSync(data, { recursive: true })
    const listen = ['--blobHost', '127.0.0.1', '--blobPort', String(place.ports['blob'])]
    const program = join(place.installed, 'node_modules/azurite/dist/src/blob/main.js')
    const quiet = ['--silent', '--disableTelemetry', '--skipApiVersionCheck']
    return { command: process.execPath, args: [program, ...listen, '--location', data, ...quiet] }
  },
  async isReady(place) {
    // Without credentials it refuses, which is an answer.
    const answer = await fetch(urlOf(place), { signal: AbortSignal.timeout(2000) })
    return answer.status < 500
  },
  url: urlOf,
  env: (place) => ({
    AZURE_STORAGE_CONNECTION_STRING: `DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${key};BlobEndpoint=${urlOf(place)};`
  })
}

function urlOf(place: Place): string {
  return `http://127.0.0.1:${place.ports['blob']}/${account}`
}
