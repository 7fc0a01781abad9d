import { join } from 'node:path'
import type { Launch, Place, Server } from '../../local/server.ts'

/** A server made of a shell script, so that a test can make it fail as it wishes; ready when its log says so. */
export function shellServer(script: string, prepare: (place: Place) => Promise<Partial<Launch>>): Server {
  return {
    name: 'kafka',
    describe: 'a shell script',
    needs: { run: [], install: [] },
    replacedBy: 'COURANT_KAFKA_BROKERS',
    ports: { main: 19092 },
    installedIn: (cacheDir) => join(cacheDir, 'shell-server'),
    install: async () => {},
    prepare: async (place) => ({
      command: 'sh',
      args: ['-c', script, 'sh', String(place.ports['main'])],
      ...(await prepare(place))
    }),
    isReady: async (place) => (await place.logText()).includes('READY'),
    url: (place) => `127.0.0.1:${place.ports['main']}`,
    env: (place) => ({ COURANT_KAFKA_BROKERS: `127.0.0.1:${place.ports['main']}` })
  }
}
