import { userInfo } from 'node:os'
import { audited, type Intent } from '../../operate/audit.ts'
import type { Connection } from '../../topics/connection.ts'
import { complain } from './output.ts'

/**
 * Does what a verb changes, in the audit, under the name of who runs it. Where there is no audit yet, such as before the
 * next `topics apply`, that is said, and it is done all the same: a way out must not be closed.
 */
export const auditedVerb = <T>(
  intent: Omit<Intent, 'who' | 'command'>,
  connection: Connection,
  work: () => Promise<{ readonly result: string; readonly value: T }>
): Promise<T> =>
  audited(
    { ...intent, who: userInfo().username, command: ['courant', ...process.argv.slice(2)].join(' ') },
    {
      connection,
      onUnnoted: () =>
        complain(
          'courant: this is not in the audit, as courant.audit does not take it: run `courant topics apply`'
        )
    },
    work
  )
