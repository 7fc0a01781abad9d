import { changeSchema, type RecordSchema, rawChangeSchema } from './envelope.ts'
import { eventList } from './events.ts'
import { rejectSchema } from './reject.ts'
import type { Table } from './table.ts'
import { tableList } from './tables.ts'

/** What a table's rows go through: as extracted, clean, and set aside. */
export type Stage = 'changes' | 'clean' | 'rejects'

const stages: readonly Stage[] = ['changes', 'clean', 'rejects']

const makers: Record<Stage, (table: Table) => RecordSchema> = {
  changes: rawChangeSchema,
  clean: changeSchema,
  rejects: rejectSchema
}

const made = new Map<string, RecordSchema>()

/** The topic of a table's stage, such as `activity.users.clean`. */
export const topicName = (table: Table, stage: Stage) => `${table.domain}.${table.name}.${stage}`

/** The registry's name for the schema of a topic's values (Confluent's TopicNameStrategy). */
export const subjectOf = (topic: string) => `${topic}-value`

/** The schema of a table's stage; the same object each time. */
export function stageSchema(table: Table, stage: Stage): RecordSchema {
  const name = topicName(table, stage)
  const schema = made.get(name) ?? makers[stage](table)
  made.set(name, schema)
  return schema
}

/** Every subject with its schema, for the registry and for the committed history. */
export function subjectList(): readonly { readonly subject: string; readonly schema: RecordSchema }[] {
  const ofTables = tableList.flatMap((table) =>
    stages.map((stage) => ({
      subject: subjectOf(topicName(table, stage)),
      schema: stageSchema(table, stage)
    }))
  )
  return [...ofTables, ...eventList.map(({ topic, schema }) => ({ subject: subjectOf(topic), schema }))]
}
