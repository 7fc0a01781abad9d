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
