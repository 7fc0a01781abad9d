import type { Command } from 'commander'
import { exactNumbers } from '../operate/exact-json.ts'
import type { ShownRecord } from '../operate/shown-record.ts'
import { trace } from '../operate/trace.ts'
import { declaredTopics } from './pipelines.ts'
import { complain, print } from './verb/output.ts'
import { untilStopSignal } from './verb/stop-signal.ts'
import { withConnection } from './verb/with-connection.ts'

/** `courant trace <key>`: one business key through every topic, in the order of time. */
export function traceCommand(program: Command): void {
  program
    .command('trace')
    .argument('<key>')
    .action((key: string) =>
      withConnection(async (connection) => {
        const { signal } = untilStopSignal()
        const found = await trace(key, declaredTopics, { connection, signal })
        for (const record of found.records) print(lineOf(record))
        if (found.inPart.length > 0)
          complain(
            `courant: of these only the newest records were looked through: ${found.inPart.join(', ')}`
          )
        if (found.unknown.length > 0)
          complain(`courant: not known, as they are not there or did not answer: ${found.unknown.join(', ')}`)
        if (found.records.length === 0) complain('courant: no record of that key was found')
      })
    )
}

function lineOf({ topic, partition, offset, at, schemaId, value }: ShownRecord): string {
  const shown = value.kind === 'decoded' ? { value: JSON.parse(value.json) as unknown } : { ...value }
  return JSON.stringify({ at: at.toISOString(), topic, partition, offset, schemaId, ...shown }, exactNumbers)
}
