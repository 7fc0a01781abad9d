import { retryWithin } from '../../runtime/retry.ts'
import { checkSettings, type Setting, type Settings, settingsFrom } from '../../runtime/settings.ts'
import {
  closeConnections,
  type Connection,
  connectionFor,
  connectionSettings
} from '../../topics/connection.ts'

/** Checks the settings, runs the work with a connection to Kafka and the registry, and closes it whatever happens. */
export async function withConnection<T>(
  work: (connection: Connection, settings: Settings) => Promise<T>,
  more: readonly Setting[] = []
): Promise<T> {
  checkSettings([...connectionSettings, ...more], process.env)
  const settings = settingsFrom(process.env)
  try {
    return await work(connectionFor(settings), settings)
  } finally {
    await closeConnections()
  }
}

const patienceMs = 10_000

/** The same for work that only reads, and prints once it has: what may pass is tried again for a while. */
export function reading<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
  return withConnection((connection) => retryWithin(() => work(connection), { withinMs: patienceMs }))
}
