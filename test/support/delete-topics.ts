import type { Settings } from '../../runtime/settings.ts'
import { closeConnections, connectionFor } from '../../topics/connection.ts'

/** Deletes the topics under the settings' prefix, and closes the connections of this process. */
export async function deleteTopics(settings: Settings): Promise<void> {
  const admin = await connectionFor(settings).kafka.admin()
  await admin.deleteTopics((await admin.topics()).map(({ name }) => name))
  await admin.close()
  await closeConnections()
}
