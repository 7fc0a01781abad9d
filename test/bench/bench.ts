import type { Report, Running, ServerName } from '../../local/server.ts'
import type { Environment } from '../../runtime/settings.ts'
import type { ActivitiesLine } from './activities-line.ts'
import type { Table } from './markdown-table.ts'

/** What a measurement may use. */
export interface BenchContext {
  /** Rows or changes to measure with; each measurement says what it makes of it. */
  readonly rows: number
  /** A smoke run: small sizes and short times, whose figures mean nothing. */
  readonly isQuick: boolean
  /** Endpoints of the servers. */
  readonly env: Environment
  /** Servers started for this run, for their own cost; an endpoint that was configured is not among them. */
  readonly servers: ReadonlyMap<ServerName, Running>
  /** An empty folder; a measurement's own is removed after it. */
  readonly folder: string
  readonly report: Report
  /** A filled table of `rows` rows and its pipelines, made at the first call and shared by the measurements. */
  activities(): Promise<ActivitiesLine>
}

/** What a measurement found. */
export interface Findings {
  /** What was measured and how, with this run's sizes. */
  readonly setting: readonly string[]
  readonly tables: readonly Table[]
  /** One sentence for each figure that the project holds itself to, with the figure. */
  readonly verdicts: readonly string[]
}

export interface Bench {
  /** Its number on the command line and in docs/benchmarks.md. */
  readonly number: number
  /** Its name on the command line. */
  readonly name: string
  readonly title: string
  readonly servers: readonly ServerName[]
  run(context: BenchContext): Promise<Findings>
}
