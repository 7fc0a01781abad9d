import type { ServerName } from '../../local/server.ts'
import type { Bench, BenchContext, Findings } from './bench.ts'
import { installPython } from './bench-cache.ts'
import { ErpApplication, type Load } from './erp-application.ts'
import { figure } from './markdown-table.ts'
import { startPython } from './peers/python-program.ts'
import { type Work, serverCost, watchToEnd } from './work.ts'

/** Of the rows a measurement may use: the shop's largest table, 40,000 rows unless told otherwise. */
const share = 1 / 50
const largeTimes = 5
const serversUsed: readonly ServerName[] = ['postgres', 'kafka', 'registry']
const wanted = { full: 1500, changed: 2000, rssMb: 700 }

type Row = Record<string, string | number | null>

/** A wide ERP table into the ODS: all of it, and after a tenth has changed; beside the batch it replaces. */
export const ods: Bench = {
  number: 6,
  name: 'ods',
  title: 'OpenEdge → ODS',
  servers: serversUsed,
  async run(context): Promise<Findings> {
    const python = await installPython(context.report)
    const application = await ErpApplication.create(context)
    try {
      return await new OdsMeasurement(context, application, python).findings()
    } finally {
      await application.remove()
    }
  }
}

class OdsMeasurement {
  readonly #context: BenchContext
  readonly #application: ErpApplication
  readonly #python: string
  readonly #rows: number
  readonly #table: Row[] = []
  readonly #steps: Row[] = []

  constructor(context: BenchContext, application: ErpApplication, python: string) {
    this.#context = context
    this.#application = application
    this.#python = python
    this.#rows = Math.round(context.rows * share)
  }

  async findings(): Promise<Findings> {
    const rows = this.#rows
    await this.#application.fill(rows)
    const full = await this.#load('Courant, full', 'full', { rows, changed: rows })
    const peers = [await this.#batch('insert', { rows }), await this.#batch('copy', { rows })]
    const first = await this.#application.change(0)
    const again = await this.#load('Courant, full again', 'full', { rows, changed: first.rows })
    const second = await this.#application.change(1)
    const changed = { rows: second.rows, changed: second.rows }
    const incremental = await this.#load('Courant, incremental', 'incremental', changed)
    await this.#batch('insert', second)
    await this.#batch('copy', second)
    const large = await this.#large()
    return {
      setting: this.#setting(),
      tables: [{ rows: this.#table }, { caption: 'Steps as `etl.ETL_Log` has them:', rows: this.#steps }],
      verdicts: verdicts({ full, again, incremental, large, rows, peers })
    }
  }

  async #large(): Promise<Work> {
    const rows = this.#rows * largeTimes
    await this.#application.fill(rows)
    await this.#application.emptyOds()
    return this.#load('Courant, full, larger table', 'full', { rows, changed: rows })
  }

  async #load(
    what: string,
    mode: 'full' | 'incremental',
    expected: { rows: number; changed: number }
  ): Promise<Work> {
    this.#context.report(`measuring ${what} over ${expected.rows.toLocaleString('en-US')} rows`)
    await this.#application.settle()
    const servers = serverCost(this.#context.servers, serversUsed)
    const load = await this.#application.load(mode, expected)
    this.#table.push({ ...loadRow(what, load.work, expected.changed), ...servers() })
    this.#steps.push(stepsRow(what, load))
    return load.work
  }

  async #batch(how: 'insert' | 'copy', { rows, since }: { rows: number; since?: string }): Promise<Work> {
    const what = `pandas, ${how}${since === undefined ? ', full' : ', incremental'}`
    this.#context.report(`measuring ${what}`)
    await this.#application.settle()
    const servers = serverCost(this.#context.servers, serversUsed)
    const args = [how, ...(since === undefined ? [] : [since])]
    const process = startPython(this.#python, { script: 'erp_copy.py', args, ...this.#application.peer })
    const work = await watchToEnd(process, rows)
    this.#table.push({ ...loadRow(what, work, rows), ...servers() })
    return work
  }

  #setting(): string[] {
    const count = (rows: number) => rows.toLocaleString('en-US')
    return [
      `A table of ${this.#application.columns} columns and ${count(this.#rows)} rows, about 3 kB each, with a key of two columns, in a PostgreSQL that looks like OpenEdge (psqlodbc, a cursor at the server).`,
      '`courant etl load` goes all the way, ODBC → Kafka → Parquet → staging → merged and committed, and pays for its start; source, Kafka, registry and ODS share its cores. PostgreSQL is vacuumed before each measurement, so that nobody pays for the traces of the one before.',
      'Then a tenth of the rows change, and the table is loaded in full once more; another tenth, and it is loaded incrementally, which reads only those.',
      `At last the table grows to ${count(this.#rows * largeTimes)} rows and is loaded into an ODS that lacks it.`,
      'The batch (test/bench/python/erp_copy.py) does it as before: pandas reads chunks of 5,000 rows with pyodbc, hashes each row, writes staging by to_sql, and merges what is new or hashed otherwise; once with to_sql as it comes, once with the COPY method of its documentation. It keeps no log of changes and no files, counts nothing after itself, and never deletes.'
    ]
  }
}

function loadRow(what: string, { rows, seconds, cpuSeconds, peakRssMb }: Work, written: number): Row {
  return {
    what,
    'rows read': rows,
    'rows written': written,
    seconds,
    'rows / s': rows / seconds,
    'CPU s': cpuSeconds,
    'peak RSS MB': peakRssMb
  }
}

function stepsRow(what: string, { logged }: Load): Row {
  const seconds = (name: string) => Number(logged[name]) / 1000
  return {
    what,
    'extract s': seconds('extractms'),
    'transform s': seconds('transformms'),
    'load s': seconds('loadms'),
    'merge s': seconds('mergems')
  }
}

interface Results {
  readonly full: Work
  readonly again: Work
  readonly incremental: Work
  readonly large: Work
  readonly peers: readonly Work[]
  /** Rows of the table. */
  readonly rows: number
}

const perSecond = ({ rows, seconds }: Work) => rows / seconds

function verdicts({ full, again, incremental, large, peers, rows }: Results): string[] {
  const bestPeer = peers.toSorted((a, b) => a.seconds - b.seconds)[0] ?? full
  const peakRssMb = Math.max(...[full, again, incremental, large].map((work) => work.peakRssMb))
  return [
    `A first full load takes ${figure(perSecond(full))} rows a second (wanted: at least ${figure(wanted.full)}), ${figure(perSecond(full) / perSecond(bestPeer))} times the better batch's ${figure(perSecond(bestPeer))}.`,
    `With 10 % changed, a full load, which reads and compares every row, takes ${figure(perSecond(again))} rows a second (wanted: at least ${figure(wanted.changed)}). It is this figure that counts, because it is of the same work as the first.`,
    `An incremental load brings the table up to date in ${figure(incremental.seconds)} s: ${figure(rows / incremental.seconds)} rows of the table a second, ${figure(perSecond(incremental))} changed ones.`,
    `Memory peaked at ${figure(peakRssMb)} MB, and at ${figure(large.peakRssMb)} MB with ${largeTimes} times the rows (wanted: under ${wanted.rssMb}).`
  ]
}
