import { channel } from 'node:diagnostics_channel'
import type { Dialect } from './dialect.ts'
import type { Statement } from './statement.ts'

export interface SentStatement {
  readonly dialect: Dialect['name']
  readonly statement: Statement
}

/** Where connections of the ODS tell what they send. Tests listen: every statement has to parse in both dialects. */
export const sentStatements = channel('courant.ods.statement')

/** Tells listeners of a statement; costs nothing where there are none. */
export function tellSent(sent: SentStatement): void {
  if (sentStatements.hasSubscribers) sentStatements.publish(sent)
}
