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

/**
 * One sentence for each subject whose schema breaks a version that was released; a change that breaks none is no
 * problem before it is released itself.
 */
export function historyProblems(
  subjects: readonly Subject[] = subjectList(),
  folder: URL = committed
): string[] {
  return subjects.flatMap(({ subject, schema }) => {
    const versions = versionsOf(subject, folder)
    const broken = brokenBy(avroType(schema), versions.map(avroType))
    return broken
      ? [
          `${subject} cannot read an older version: ${broken.message}. What is published stays: give a new field a default, and a field of another type another name. If no version was ever applied, remove schemas/history/${subject}.`
        ]
      : []
  })
}

/** The subjects whose schema is none of the released versions yet. */
export function unreleased(subjects: readonly Subject[] = subjectList(), folder: URL = committed): string[] {
  return subjects
    .filter(({ subject, schema }) => !isLast(schema, versionsOf(subject, folder)))
    .map(({ subject }) => subject)
}

/** Notes each schema that changed and still reads the older ones as a released version; returns the problems that are left. */
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
