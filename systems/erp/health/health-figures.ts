import type { OdsSession, ResultRow } from '../../../sinks/ods/ods-database.ts'
import { readEtlTables } from '../../../sinks/ods/metadata.ts'
import { instantText } from '../../../sinks/ods/instant-text.ts'
import type { HealthFigures } from './health-conditions.ts'

const dayMs = 86_400_000
const breached: ReadonlySet<unknown> = new Set(['BREACH', 'NEVER LOADED'])

/** Reads the ODS's own views and log: what is late, and what the last day was like. */
export async function readHealth(ods: OdsSession, now: Date): Promise<HealthFigures> {
  const tables = await ods.query('read etl.vw_SLABreach', {
    text: 'SELECT TableName AS tablename, SLAStatus AS slastatus, LastSuccessAt AS lastsuccessat FROM etl.vw_SLABreach ORDER BY TableName'
  })
  const { wrong } = await readEtlTables(ods)
  const runs = await ods.query('read etl.ETL_Runs', {
    text: `SELECT TableName AS tablename, Status AS status, COUNT(*) AS runs, SUM(RowsRead) AS rowsread
FROM etl.ETL_Runs WHERE StartedAt >= @since GROUP BY TableName, Status`,
    values: { since: instantText((now.getTime() - dayMs) * 1000) }
  })
  const succeeded = runs.filter(({ status }) => status === 'succeeded')
  return {
    tables: tables.map((row) => ({
      tableName: String(row['tablename']),
      isBreached: breached.has(row['slastatus']),
      lastSuccessAt: row['lastsuccessat'] === null ? null : utcDate(row['lastsuccessat'])
    })),
    wrong: wrong.map(({ tableName, error }) => ({ tableName, reason: error.message })),
    last24h: {
      succeeded: sumOf(succeeded, 'runs'),
      rows: sumOf(succeeded, 'rowsread'),
      failures: runs
        .filter(({ status }) => status === 'failed')
        .map((row) => ({ tableName: String(row['tablename']), count: Number(row['runs']) }))
        .toSorted((a, b) => b.count - a.count)
    }
  }
}

const sumOf = (rows: readonly ResultRow[], name: string) =>
  rows.reduce((sum, row) => sum + Number(row[name] ?? 0), 0)

/** Times of the ODS are UTC without a zone. */
function utcDate(value: unknown): Date {
  const text = value instanceof Date ? value.toISOString() : String(value)
  return new Date(/[zZ]$|[+-]\d\d:?\d\d$/.test(text) ? text : `${text.replace(' ', 'T')}Z`)
}
