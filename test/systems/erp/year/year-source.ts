import type { Client } from 'pg'
import type { ErpColumn } from '../../../../local/sample/erp/erp-columns.ts'
import type { Random } from '../../../../local/sample/random.ts'
import { comparedKey } from '../../../../schemas/erp/run-envelope.ts'
import type { OdbcErp } from '../../../support/odbc-erp.ts'

/** A row by the names of its columns, each value as PostgreSQL's text. */
export type TextRow = Readonly<Record<string, string | null>>

/** What keeps a table from being loaded until somebody mends it. */
export type Cause = 'wrong date' | 'too wide' | 'same key' | 'wrong configuration' | 'column gone'

const startColumns: readonly ErpColumn[] = [
  { name: 'id', type: 'integer', value: 'g' },
  { name: 'code-k', type: 'varchar(20)', value: `'K' || g` },
  { name: 'nom-v', type: 'varchar(20)', value: `'été ' || g` },
  { name: 'px', type: 'numeric(9,2)', value: 'g / 4.0' },
  { name: 'dat-x', type: 'date', value: `date '1699-12-31'` },
  { name: 'stock', type: 'integer', value: 'g * 7' },
  { name: 'date-modif', type: 'timestamp', value: 'sim.now()' }
]

/** A table of the source that lives a year: its rows, its columns, and what is wrong with it. */
export class YearTable {
  readonly name: string
  columns: readonly ErpColumn[] = startColumns
  key: readonly string[] = ['id']
  readonly excluded = new Set<string>()
  readonly causes = new Set<Cause>()
  /** Rows at the source when it was made. */
  readonly rows: number
  readonly #erp: OdbcErp
  readonly #random: Random
  #last: number
  #added = 0

  constructor(name: string, erp: OdbcErp, random: Random) {
    this.name = name
    this.#erp = erp
    this.#random = random
    this.rows = 5 + random.int(25)
    this.#last = this.rows
  }

  create(): Promise<void> {
    return this.#erp.table(this.name, this.columns, { rows: this.rows })
  }

  get #client(): Client {
    return this.#erp.client
  }

  /** People work: rows come, change and go, each dated by the source's clock. */
  async work(): Promise<void> {
    const random = this.#random
    for (let n = random.int(3); n > 0; n--) {
      const doing = random.int(10)
      if (doing < 3) await this.#insert()
      else if (doing < 8) await this.#change()
      else await this.#delete(1)
    }
    if (random.chance(0.03)) await this.#delete(8)
  }

  async #insert(): Promise<void> {
    this.#last++
    const values = this.columns.map((column) => column.value).join(', ')
    await this.#run(
      `INSERT INTO erp_data."${this.name}" SELECT ${values} FROM (SELECT ${this.#last} AS g) AS o`
    )
  }

  async #change(): Promise<void> {
    const random = this.#random
    const name = random.pick(['nom-v', 'px', 'stock', 'code-k', 'dat-x'])
    const value = {
      'nom-v': random.pick(["'x' || id", "''", 'NULL', "'  é' || chr(9)", "'a;b'", "'ligne' || chr(10)"]),
      px: random.pick(['px + 1', 'NULL', '-0.5', '0']),
      stock: random.pick(['stock + 1', 'NULL', '-2147483648']),
      'code-k': random.pick([`'K' || id || chr(160)`, `'k' || id`, `'K' || id || chr(9)`, `'K' || id`]),
      'dat-x': random.pick([`date '0001-01-01'`, `date '9999-12-31'`, 'NULL'])
    }[name]
    if (!this.columns.some((column) => column.name === name)) return
    await this.#update(`"${name}" = ${value}`, this.#someRow)
  }

  async #delete(most: number): Promise<void> {
    await this.#run(
      `DELETE FROM erp_data."${this.name}" WHERE id IN (SELECT id FROM erp_data."${this.name}" ORDER BY md5(id || '${this.#random.int(1000)}') LIMIT ${most})`
    )
  }

  get #someRow(): string {
    return `id = (SELECT id FROM erp_data."${this.name}" ORDER BY md5(id || '${this.#random.int(1000)}') LIMIT 1)`
  }

  async #update(set: string, where: string): Promise<void> {
    await this.#run(`UPDATE erp_data."${this.name}" SET ${set}, "date-modif" = sim.now() WHERE ${where}`)
  }

  async #run(sql: string): Promise<void> {
    await this.#client.query(sql)
  }

  /** A column more, with a value in every row, and no row dated by it. */
  async addColumn(): Promise<void> {
    const name = `col-${++this.#added}`
    await this.#run(`ALTER TABLE erp_data."${this.name}" ADD COLUMN "${name}" integer DEFAULT 42`)
    await this.#show([...this.columns, { name, type: 'integer', value: 'g' }])
  }

  async widen(): Promise<void> {
    const wider: Readonly<Record<string, string>> = { stock: 'bigint', 'nom-v': 'varchar(40)' }
    const name = this.#random.pick(Object.keys(wider))
    if (name === 'stock') {
      await this.#run(`DROP VIEW "PUB"."${this.name}"`)
      await this.#run(`ALTER TABLE erp_data."${this.name}" ALTER COLUMN stock TYPE bigint`)
    }
    await this.#show(
      this.columns.map((column) => (column.name === name ? { ...column, type: wider[name] ?? '' } : column))
    )
  }

  /** A column of those that were added goes; null when there is none. */
  async removeColumn(): Promise<string | null> {
    const added = this.columns.filter(({ name }) => name.startsWith('col-'))
    if (added.length === 0) return null
    const { name } = this.#random.pick(added)
    await this.#show(this.columns.filter((column) => column.name !== name))
    return name
  }

  async #show(columns: readonly ErpColumn[]): Promise<void> {
    this.columns = columns
    await this.#erp.view(this.name, columns)
  }

  async break(cause: Cause): Promise<void> {
    if (cause === 'wrong date') await this.#update(`"dat-x" = date '20260-11-03'`, this.#someRow)
    if (cause === 'too wide') await this.#update(`"nom-v" = repeat('w', 50)`, this.#someRow)
    if (cause === 'same key') {
      await this.#insert()
      await this.#update(`"code-k" = 'DOUBLE'`, this.#someRow)
      await this.#update(`"code-k" = 'double  '`, `id = ${this.#last}`)
    }
    this.causes.add(cause)
  }

  async mend(cause: Cause): Promise<void> {
    if (cause === 'wrong date') await this.#update(`"dat-x" = NULL`, `"dat-x" > date '9999-12-31'`)
    if (cause === 'too wide') await this.#update(`"nom-v" = 'w'`, `"nom-v" LIKE 'www%'`)
    if (cause === 'same key') await this.#update(`"code-k" = 'K' || id`, `lower("code-k") LIKE 'double%'`)
    this.causes.delete(cause)
  }

  /** The columns that are copied, each with its name in the ODS. */
  get copied(): readonly { readonly name: string; readonly sqlName: string; readonly type: string }[] {
    return this.columns
      .filter(({ name }) => !this.excluded.has(name))
      .map(({ name, type }) => ({ name, type, sqlName: name.replaceAll('-', '_') }))
  }

  /** Its rows as they are, by the key that the ODS knows them by. */
  async read(): Promise<ReadonlyMap<string, TextRow>> {
    const list = this.copied.map(({ name, sqlName, type }) => `${textOf(`"${name}"`, type)} AS "${sqlName}"`)
    const keys = this.key.map((name, n) => `"${name}"::text AS key${n}`)
    const { rows } = await this.#client.query(
      `SELECT ${[...keys, ...list].join(', ')} FROM erp_data."${this.name}"`
    )
    return new Map(
      rows.map((row: TextRow) => {
        const key = comparedKey(this.key.map((_, n) => row[`key${n}`] ?? ''))
        return [key, Object.fromEntries(this.copied.map(({ sqlName }) => [sqlName, row[sqlName] ?? null]))]
      })
    )
  }
}

/** One text for equal values. */
export const textOf = (column: string, type: string): string =>
  type.startsWith('numeric') ? `trim_scale(${column})::text` : `${column}::text`
