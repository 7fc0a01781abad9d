import type { ConditionNow } from '../../../runtime/alerts/alert-once.ts'

/** What the last day looks like. */
export interface HealthFigures {
  /** Every table that is loaded, and whether it is later than its SLA allows. */
  readonly tables: readonly {
    readonly tableName: string
    readonly isBreached: boolean
    readonly lastSuccessAt: Date | null
  }[]
  /** Rows of config.ETL_Tables that cannot be loaded, and why. */
  readonly wrong: readonly { readonly tableName: string; readonly reason: string }[]
  readonly last24h: {
    readonly succeeded: number
    readonly rows: number
    /** Failed runs by table, those that failed most first. */
    readonly failures: readonly { readonly tableName: string; readonly count: number }[]
  }
}

/** Failures within a day that need nobody. */
const failuresTolerated = 5

const twoDaysMs = 2 * 86_400_000

/** The conditions of a day: an SLA each table, failures of all, and a summary where neither is wrong. */
export function conditionsOf(figures: HealthFigures, at: Date): readonly ConditionNow[] {
  const wrong = [
    ...figures.tables.map(slaCondition),
    ...figures.wrong.map(wrongCondition),
    failuresCondition(figures)
  ]
  const isWell = wrong.every(({ alert }) => alert === null)
  return isWell ? [...wrong, summaryCondition(figures, at)] : wrong
}

function slaCondition({
  tableName,
  isBreached,
  lastSuccessAt
}: HealthFigures['tables'][number]): ConditionNow {
  const name = `etl/sla/${tableName}`
  if (!isBreached) return { name, alert: null }
  const last = lastSuccessAt?.toISOString() ?? 'never'
  return {
    name,
    alert: {
      title: `ODS: ${tableName} is later than its SLA allows`,
      text: `Look at etl.vw_SLABreach and etl.vw_LastRuns, then run \`courant etl preflight ${tableName}\` and \`courant etl load ${tableName} incremental\`.`,
      facts: { table: tableName, 'last success': last }
    }
  }
}

const wrongCondition = ({ tableName, reason }: HealthFigures['wrong'][number]): ConditionNow => ({
  name: `etl/config/${tableName}`,
  alert: {
    title: `ODS: ${tableName || 'a table without a name'} is not loaded, its row in config.ETL_Tables is wrong`,
    text: reason,
    facts: { table: tableName }
  }
})

function failuresCondition({ last24h: { failures } }: HealthFigures): ConditionNow {
  const name = 'etl/failures'
  const total = totalOf(failures)
  if (total <= failuresTolerated) return { name, alert: null }
  return {
    name,
    alert: {
      title: `ODS: ${total} loads failed within 24 hours`,
      text: 'etl.ETL_Log has the error of each; run `courant etl preflight` to see what is wrong now.',
      facts: Object.fromEntries(failures.map(({ tableName, count }) => [tableName, `${count} failed`]))
    }
  }
}

/** Named by the day, so that a day has one, however often health is looked at. */
function summaryCondition({ tables, last24h }: HealthFigures, at: Date): ConditionNow {
  return {
    name: `etl/summary/${at.toISOString().slice(0, 10)}`,
    alert: {
      title: 'ODS: all well',
      text: `${tables.length} tables within their SLA.`,
      facts: {
        'loads in 24 h': String(last24h.succeeded),
        failed: String(totalOf(last24h.failures)),
        'rows in 24 h': last24h.rows.toLocaleString('en-US')
      },
      clearAfterMs: twoDaysMs
    }
  }
}

/** Failed runs of all tables together. */
export const totalOf = (failures: HealthFigures['last24h']['failures']): number =>
  failures.reduce((sum, { count }) => sum + count, 0)
