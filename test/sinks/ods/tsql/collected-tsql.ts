import type { Dialect } from '../../../../sinks/ods/dialect.ts'
import { postgresDialect } from '../../../../sinks/ods/postgres/postgres-dialect.ts'
import { type SentStatement, sentStatements } from '../../../../sinks/ods/sent-statements.ts'
import { sqlServerDialect } from '../../../../sinks/ods/sqlserver/sqlserver-dialect.ts'

/** What SQL Server would be sent by whatever this process does with an ODS in PostgreSQL. */
export interface CollectedTsql {
  /** Statements that both dialects are sent as they are. */
  readonly shared: ReadonlySet<string>
  /** What the dialect of SQL Server makes whenever that of PostgreSQL is asked for a statement. */
  readonly own: ReadonlySet<string>
}

/** Types as PostgreSQL's catalogue tells them, as SQL Server would. */
const typeNames: Readonly<Record<string, string>> = {
  text: 'nvarchar(10)',
  integer: 'int',
  numeric: 'decimal(10,2)',
  boolean: 'bit',
  'double precision': 'float'
}

type Makes = (...input: readonly unknown[]) => unknown

/** From now on asks both dialects for what one is asked for, and collects what is sent; for the life of this process. */
export function collectTsql(): CollectedTsql {
  const shared = new Set<string>()
  const own = new Set<string>()
  const ofPostgres = new WeakSet<object>()
  const methods = Object.entries(postgresDialect).filter(([, value]) => typeof value === 'function')
  for (const [name, make] of methods) {
    const twin = (...input: readonly unknown[]) => {
      const made = (make as Makes)(...input)
      for (const statement of statementsIn(made)) ofPostgres.add(statement)
      const ours = (sqlServerDialect as unknown as Record<string, Makes>)[name]
      for (const { text } of statementsIn(ours?.(...input.map(asSqlServerTells)))) own.add(text)
      return made
    }
    Object.assign(postgresDialect, { [name]: twin })
  }
  const names = new Map<string, string>()
  const ownTable: Dialect['ownTable'] = (schema, table) => {
    // Told apart from what stands in a statement without having asked the dialect.
    const quoted = `"${schema}"."${table.toLowerCase()}"`
    names.set(quoted, sqlServerDialect.ownTable(schema, table))
    return quoted
  }
  Object.assign(postgresDialect, { ownTable })
  const batches = new Set(batchesOf(postgresDialect))
  for (const text of batchesOf(sqlServerDialect)) own.add(text)
  sentStatements.subscribe((message) => {
    const { statement } = message as SentStatement
    if (ofPostgres.has(statement) || batches.has(statement.text)) return
    shared.add(statement.text.replaceAll(/"\w+"\."\w+"/g, (name) => names.get(name) ?? name))
  })
  return { shared, own }
}

const batchesOf = ({ bootstrap, migrations, syncConfigColumns }: Dialect): string[] => [
  ...bootstrap,
  ...migrations.flatMap(({ batches }) => batches),
  syncConfigColumns.text
]

/** Statements among what a dialect has made. */
function statementsIn(made: unknown): { readonly text: string }[] {
  const values: unknown[] = Array.isArray(made) ? made : [made]
  // Of an index it is the statement that makes it.
  const statements = values.map(
    (value) => (value as { create?: unknown } | null | undefined)?.create ?? value
  )
  return statements.filter(
    (value): value is { text: string } =>
      typeof (value as { text?: unknown } | null | undefined)?.text === 'string'
  )
}

/** An existing column with the type as SQL Server tells it; anything else as it is. */
function asSqlServerTells(input: unknown): unknown {
  const { name, type } = (input ?? {}) as { name?: unknown; type?: unknown }
  if (typeof name !== 'string' || typeof type !== 'string') return input
  return { name, type: typeNames[type] ?? type }
}
