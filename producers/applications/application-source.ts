import { oneAtATime, type Queue } from '../../runtime/loop/one-at-a-time.ts'
import type { Context, Spec } from '../../runtime/pipeline.ts'
import type { Micros } from '../../schemas/change.ts'
import { Connection, type TextRow } from '../postgres/connection.ts'
import { instantText, microsOf } from '../postgres/table/instants.ts'
import { isUnreadable } from '../postgres/translate-error.ts'
import { atUrl } from './at-url.ts'
import { readMapping } from './mapping.ts'
import { type Queries, queriesFor } from './queries.ts'
import { type ReadApplications, readApart } from './read-applications.ts'
import { recordOf, type Trigger } from './record.ts'
import { connections, databaseUrl, sourceSettings } from './settings.ts'
import { findSourceTables } from './source-tables.ts'

/** A page of ids in their order. */
export interface PageRequest {
  readonly since: Micros
  /** The last id of the page before. */
  readonly after: string | null
  readonly limit: number
}

/** A connection with its reads one after the other: the driver is about to refuse more than one at a time. */
interface Lane {
  readonly connection: Connection
  busy: number
  readonly inTurn: Queue
}

/** Job applications as they are in the recruitment database, read over a few connections. */
export class ApplicationSource {
  readonly #connections: readonly Lane[]
  readonly #queries: Queries

  constructor(all: readonly Connection[], queries: Queries) {
    this.#connections = all.map((connection) => ({ connection, busy: 0, inTurn: oneAtATime() }))
    this.#queries = queries
  }

  /** How many reads it can do at once. */
  get width(): number {
    return this.#connections.length
  }

  /** Whole records, each read with all that belongs to it in one snapshot. */
  read(ids: readonly string[], trigger: Trigger): Promise<ReadApplications> {
    return readApart(ids, {
      all: async (some) => {
        const rows = await this.#rows('read applications', this.#queries.records, [some])
        return rows.map((row) => recordOf(row, trigger))
      },
      columns: (id) => this.#unreadableColumns(id)
    })
  }

  /** Ids of applications that changed at or after a moment, or whose candidate, profile, offer or documents did. */
  async changed({ since, after, limit }: PageRequest): Promise<readonly string[]> {
    const values = [instantText(since), after, limit]
    const rows = await this.#rows('look for changed applications', this.#queries.changed, values)
    return rows.map(([id]) => String(id))
  }

  /** The content of a document, or null when it is gone or empty. */
  async content(documentId: string): Promise<Buffer | null> {
    const [row] = await this.#rows('read a document', this.#queries.content, [documentId])
    // `\x` and hexadecimal digits, as the session prints bytes.
    return row?.[0] ? Buffer.from(row[0].slice(2), 'hex') : null
  }

  /** The time by the source's clock. */
  async now(): Promise<Micros> {
    const [row] = await this.#rows('read the clock', 'SELECT clock_timestamp()::text', [])
    return microsOf(row?.[0] ?? null) ?? 0
  }

  async #unreadableColumns(id: string): Promise<string[]> {
    const places: string[] = []
    for (const { place, text } of this.#queries.probes)
      try {
        await this.#rows(`read ${place}`, text, [[id]])
      } catch (error) {
        if (!isUnreadable(error)) throw error
        places.push(place)
      }
    return places
  }

  async close(): Promise<void> {
    await Promise.all(this.#connections.map(({ connection }) => connection.close()))
  }

  async #rows(doing: string, text: string, values: readonly unknown[]): Promise<TextRow[]> {
    const free = this.#connections.reduce((least, one) => (one.busy < least.busy ? one : least))
    free.busy += 1
    try {
      return await free.inTurn(() => free.connection.rows(doing, text, values))
    } finally {
      free.busy -= 1
    }
  }
}

/** The source that the settings name. Opening it throws SOURCE_REFUSED with all that differs from the mapping. */
export const applicationSource: Spec<ApplicationSource> = {
  describe: 'job applications in PostgreSQL',
  settings: sourceSettings,
  open: openSource,
  async check(context) {
    const source = await openSource(context)
    await source.close()
  }
}

async function openSource(context: Context): Promise<ApplicationSource> {
  const { settings } = context
  const own = { ...context, settings: atUrl(settings, settings.text(databaseUrl)) }
  const mapping = readMapping(settings)
  const all = Array.from({ length: settings.number(connections) }, () => new Connection(own))
  const [first] = all
  try {
    if (!first) throw new Error(`${connections.env} is at least 1`)
    return new ApplicationSource(all, queriesFor(await findSourceTables(first, mapping, context.log)))
  } catch (error) {
    await first?.close()
    throw error
  }
}
