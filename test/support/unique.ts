import { randomBytes } from 'node:crypto'

/** A short name nobody else has, fit for a topic, group, database, bucket or folder: lower case, digits, dashes. */
export function unique(name: string): string {
  return `${name}-${randomBytes(4).toString('hex')}`
}
