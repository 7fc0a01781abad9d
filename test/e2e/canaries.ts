import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ConnectedSources } from '../../local/sample/connect-sources.ts'
import { writeRows } from '../../local/sample/write-rows.ts'
import type { KafkaClient } from '../../topics/kafka/port.ts'
import { duckdbRows, fileList } from '../support/duckdb-rows.ts'

/** In every password of the sample, which may be nowhere outside the source. */
export const secret = 'canary-password'

/** In names, e-mails and messages of one person, which may be nowhere but in values of topics and contents of sinks. */
export const personal = 'kanari'

/** A text that people or other systems get to see. */
export interface Seen {
  readonly where: string
  readonly text: string
  /** True where personal data belongs: the values of topics and the contents of sinks. */
  readonly isData: boolean
}

/** I12: where there is a secret, or personal data that must not be there; one sentence a place. */
export function leaks(seen: readonly Seen[]): string[] {
  return seen.flatMap(({ where, text, isData }) => {
    const found = text.toLowerCase()
    if (found.includes(secret)) return [`I12: ${where} has a password`]
    return found.includes(personal) && !isData ? [`I12: ${where} has personal data`] : []
  })
}

/** Puts a person among the others, and one of the same name whom cleaning sets aside. */
export async function plantPerson(sources: ConnectedSources): Promise<void> {
  const id = (n: number) => `c0ffee00-0000-4000-8000-${String(n).padStart(12, '0')}`
  const at = new Date()
  const person = (n: number, email: string) => {
    const values = [id(n), 'Kanaria', 'Kanarimba', email, `${secret}-${n}`, at, at]
    return { table: 'PG_Users' as const, values }
  }
  await writeRows(sources, [
    person(1, 'kanari.mba@example.com'),
    person(2, 'kanari at example'),
    { table: 'C_GroupMessages', values: [id(3), at, id(4), id(1), 'Kanari writes to her friends'] },
    { table: 'C_UserNotifications', values: [id(1), at, id(5), 'A message for Kanaria', 'sent', at] }
  ])
}

/** Names, keys, headers and values of all that lies in topics, uncompressed. */
export async function seenInTopics(kafka: KafkaClient): Promise<Seen[]> {
  const admin = await kafka.admin()
  try {
    const seen: Seen[] = (await admin.groups()).map((name) => named('a group', name))
    for (const { name: topic } of await admin.topics()) {
      seen.push(named('a topic', topic))
      for (const { partition, low } of await admin.offsets(topic))
        seen.push(...(await seenInPartition(kafka, { topic, partition, offset: low })))
    }
    return seen
  } finally {
    await admin.close()
  }
}

async function seenInPartition(kafka: KafkaClient, from: Parameters<KafkaClient['read']>[0]) {
  const seen: Seen[] = []
  for await (const { topic, partition, offset, key, headers, value } of kafka.read(from, {
    signal: AbortSignal.timeout(60_000)
  })) {
    const place = `${topic}/${partition}/${offset}`
    const told = Object.entries(headers).map(([name, header]) => `${name}: ${String(header)}`)
    seen.push({ where: `the key of ${place}`, text: String(key), isData: false })
    seen.push({ where: `the headers of ${place}`, text: told.join('\n'), isData: false })
    seen.push({ where: `the value of ${place}`, text: String(value), isData: true })
  }
  return seen
}

/** Names and contents of the files below a folder. */
export function seenInFolder(folder: string, { isData }: { isData: boolean }): Seen[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
  return files.flatMap((one) => {
    const path = join(one.parentPath, one.name)
    return [named('a file', path), { where: path, text: readFileSync(path, 'latin1'), isData }]
  })
}

/** Names, metadata and contents of objects; of Parquet what a reader gets, as the file itself is compressed. */
export async function seenInObjects(
  objects: readonly { name: string; file: string; metadata: Readonly<Record<string, string>> }[]
): Promise<Seen[]> {
  const seen = objects.flatMap(({ name, file, metadata }): Seen[] => [
    named('an object', name),
    { where: `the metadata of ${name}`, text: JSON.stringify(metadata), isData: false },
    { where: name, text: readFileSync(file, 'latin1'), isData: true }
  ])
  const parquet = objects.filter(({ name }) => name.endsWith('.parquet'))
  const folderOf = (name: string) => name.split('/').slice(0, 2).join('/')
  for (const [folder, files] of Map.groupBy(parquet, ({ name }) => folderOf(name))) {
    const list = fileList(files.map(({ file }) => file))
    seen.push({
      where: folder,
      text: await rowsText(`read_parquet(${list}, union_by_name = true)`),
      isData: true
    })
  }
  return seen
}

/** Every table and view of a DuckDB file. */
export async function seenInDatabase(file: string): Promise<Seen[]> {
  const tables = await duckdbRows('SHOW ALL TABLES', file)
  const seen: Seen[] = []
  for (const table of tables) {
    const name = `"${String(table['schema'])}"."${String(table['name'])}"`
    seen.push({ where: `${name} of ${file}`, text: await rowsText(name, file), isData: true })
  }
  return seen
}

async function rowsText(from: string, database?: string): Promise<string> {
  const rows = await duckdbRows(`SELECT t::VARCHAR AS text FROM ${from} t`, database)
  return rows.map(({ text }) => String(text)).join('\n')
}

/** What processes show of themselves: metrics and the page for people. */
export async function seenOnPages(
  processes: readonly { name: string; pagesUrl(): string }[]
): Promise<Seen[]> {
  const seen: Seen[] = []
  for (const one of processes)
    for (const page of ['metrics', '']) {
      const answer = await fetch(`${one.pagesUrl()}/${page}`)
      if (!answer.ok) throw new Error(`/${page} of ${one.name} answers ${answer.status}`)
      seen.push({ where: `/${page} of ${one.name}`, text: await answer.text(), isData: false })
    }
  return seen
}

const named = (what: string, name: string): Seen => ({
  where: `the name of ${what}`,
  text: name,
  isData: false
})
