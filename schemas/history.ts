import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { avroType } from './avro-type.ts'
import { brokenBy } from './compatibility.ts'
import type { RecordSchema } from './envelope.ts'
import { subjectList } from './subjects.ts'

interface Subject {
  readonly subject: string
  readonly schema: RecordSchema
}

const committed = new URL('./history/', import.meta.url)

/** One sentence for each subject whose committed history is stale or whose schema breaks it; none when all is well. */
export function historyProblems(
  subjects: readonly Subject[] = subjectList(),
  folder: URL = committed
): string[] {
  return subjects.flatMap(({ subject, schema }) => {
    const versions = versionsOf(subject, folder)
    const broken = brokenBy(avroType(schema), versions.map(avroType))
    if (broken)
      return [
        `${subject} cannot read an older version: ${broken.message}. What is published stays: give a new field a default, and a field of another type another name. If no version was ever applied, remove schemas/history/${subject} and run \`npm run generate\`.`
      ]
    return isLast(schema, versions)
      ? []
      : [`schemas/history/${subject} lacks the newest version: run \`npm run generate\`.`]
  })
}

/** Appends a version where a schema changed and still reads the older ones; returns the problems that are left. */
export function appendHistory(
  subjects: readonly Subject[] = subjectList(),
  folder: URL = committed
): string[] {
  for (const { subject, schema } of subjects) {
    const versions = versionsOf(subject, folder)
    if (isLast(schema, versions) || brokenBy(avroType(schema), versions.map(avroType))) continue
    const home = new URL(`${subject}/`, folder)
    mkdirSync(home, { recursive: true })
    writeFileSync(new URL(`${versions.length + 1}.avsc`, home), textOf(schema))
  }
  return historyProblems(subjects, folder)
}

function versionsOf(subject: string, folder: URL): RecordSchema[] {
  const home = new URL(`${subject}/`, folder)
  if (!existsSync(home)) return []
  return readdirSync(home)
    .map((file) => Number.parseInt(file, 10))
    .sort((a, b) => a - b)
    .map((n) => JSON.parse(readFileSync(new URL(`${n}.avsc`, home), 'utf8')) as RecordSchema)
}

function isLast(schema: RecordSchema, versions: readonly RecordSchema[]): boolean {
  const last = versions.at(-1)
  return last !== undefined && textOf(last) === textOf(schema)
}

const textOf = (schema: RecordSchema) => `${JSON.stringify(schema, null, 2)}\n`
