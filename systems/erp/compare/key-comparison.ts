import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { temporaryFolder } from '../../../runtime/files/temporary-folder.ts'

/** A row as it is compared: its key as topics carry it, and its hashdiff. */
export interface ComparedRow {
  readonly key: string
  readonly hash: Buffer
}

export interface Differences {
  readonly sourceRows: number
  /** Rows of the source that share their key with another once letter case and trailing blanks are left out. */
  readonly shared: number
  readonly targetRows: number
  /** Keys of the source that the target lacks. */
  readonly missing: number
  /** Keys of the target that the source lacks. */
  readonly surplus: number
  /** Keys of both whose hashes differ. */
  readonly different: number
  /** The first keys of each, for a person to look at. */
  readonly examples: readonly { readonly key: string; readonly what: 'missing' | 'surplus' | 'different' }[]
}

type Side = 'source' | 'target'

const examplesKept = 20
const rowsPerTransaction = 20_000

/**
 * Compares two sets of rows by key and hash. Both are kept in a temporary SQLite file, so that a table of any size can
 * be compared in little memory; `close` removes it.
 */
export class KeyComparison {
  readonly #folder = mkdtempSync(join(temporaryFolder(), 'compare-'))
  readonly #db = new DatabaseSync(join(this.#folder, 'rows.sqlite'))
  readonly #insert: Readonly<Record<Side, StatementSync>>

  readonly #rows: Record<Side, number> = { source: 0, target: 0 }

  constructor() {
    // Nothing here outlives the process: speed before safety.
    this.#db.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF')
    for (const side of ['source', 'target'])
      this.#db.exec(`CREATE TABLE ${side} (key TEXT PRIMARY KEY, hash BLOB NOT NULL) STRICT, WITHOUT ROWID`)
    this.#insert = { source: this.#insertInto('source'), target: this.#insertInto('target') }
  }

  async add(side: Side, rows: AsyncIterable<ComparedRow>): Promise<void> {
    let open = 0
    for await (const { key, hash } of rows) {
      if (open === 0) this.#db.exec('BEGIN')
      this.#insert[side].run(key, hash)
      this.#rows[side]++
      open = (open + 1) % rowsPerTransaction
      if (open === 0) this.#db.exec('COMMIT')
    }
    if (open > 0) this.#db.exec('COMMIT')
  }

  differences(): Differences {
    const missing = 'FROM source s LEFT JOIN target t USING (key) WHERE t.key IS NULL'
    const surplus = 'FROM target t LEFT JOIN source s USING (key) WHERE s.key IS NULL'
    const different = 'FROM source s JOIN target t USING (key) WHERE s.hash <> t.hash'
    const kinds = { missing, surplus, different } as const
    const examples = Object.entries(kinds).flatMap(([what, from]) =>
      this.#db
        .prepare(`SELECT key ${from} ORDER BY key LIMIT ${examplesKept}`)
        .all()
        .map((row) => ({ key: String(row['key']), what: what as keyof typeof kinds }))
    )
    return {
      sourceRows: this.#rows.source,
      shared: this.#rows.source - this.#count('FROM source'),
      targetRows: this.#count('FROM target'),
      missing: this.#count(missing),
      surplus: this.#count(surplus),
      different: this.#count(different),
      examples
    }
  }

  close(): void {
    this.#db.close()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #count(from: string): number {
    return Number(this.#db.prepare(`SELECT count(*) AS count ${from}`).get()?.['count'])
  }

  #insertInto(side: Side): StatementSync {
    return this.#db.prepare(`INSERT OR REPLACE INTO ${side} VALUES (?, ?)`)
  }
}
