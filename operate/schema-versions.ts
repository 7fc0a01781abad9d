import { CourantError } from '../runtime/errors.ts'
import { subjectOf } from '../schemas/subjects.ts'
import type { Connection } from '../topics/connection.ts'

/** Every version of a topic's schema as JSON, oldest first; null where the registry does not answer. */
export async function subjectVersions(
  topic: string,
  { registry }: Pick<Connection, 'registry'>
): Promise<readonly string[] | null> {
  try {
    const versions = await registry.versionsOf(subjectOf(topic))
    return versions.map((type) => JSON.stringify(type.schema({ exportAttrs: true }), null, 2))
  } catch (error) {
    if (error instanceof CourantError) return null
    throw error
  }
}
