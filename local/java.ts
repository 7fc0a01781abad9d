import { CourantError } from '../runtime/errors.ts'
import { findJava } from './prerequisites.ts'

/** Options of every JVM here: it starts in half the time with the quick compiler only, and is alone on loopback. */
export const quickStart: readonly string[] = [
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-XX:+ExitOnOutOfMemoryError',
  '-Djava.awt.headless=true',
  '-Djava.net.preferIPv4Stack=true'
]

/** Path of `java`, or PREREQUISITE_MISSING. */
export function java(): string {
  const path = findJava()
  if (!path) throw new CourantError('PREREQUISITE_MISSING', 'Java 17 or 21 is missing; set JAVA_HOME to one.')
  return path
}
