import type { Type } from 'avsc'

/**
 * The reason why a reader with this type cannot read what the writers wrote, or null when it can read all of it: that
 * is BACKWARD_TRANSITIVE when the writers are all older versions.
 */
export function brokenBy(reader: Type, writers: readonly Type[]): Error | null {
  for (const writer of writers) {
    try {
      reader.createResolver(writer)
    } catch (error) {
      return error as Error
    }
  }
  return null
}
