import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { inputs } from '../../../sinks/gold/inputs.ts'
import { goldTables, modelNames } from '../../../sinks/gold/models.ts'
import { parseRates } from '../../../sinks/gold/rates.ts'
import { temporaryFolder } from '../../support/stack.ts'
import { GoldBench, openEngine } from './gold-bench.ts'
import { longList } from './long-log.ts'
import { bookBought, firstDay, itemsOf, uuid } from './happenings.ts'
import { installSpark, whyNoSpark } from './spark.ts'

const rates = parseRates('currency,rate\nEUR,1\nUSD,0.92345678\nKWD,9999999999.99999999', 'EUR')

describe('the model files', () => {
  it('give the same rows in Spark SQL as in DuckDB, unchanged', {
    skip: whyNoSpark() ?? false,
    timeout: 900_000
  }, async (t) => {
    const python = await installSpark((line) => t.diagnostic(line))
    const [folder, outputs] = [temporaryFolder(t), temporaryFolder(t)]
    const expected = await runInDuckDb(folder)
    execFileSync(
      python,
      [join(import.meta.dirname, 'run_models_in_spark.py'), folder, modelsFolder, outputs],
      {
        input: modelNames.join('\n'),
        stdio: ['pipe', 'ignore', 'ignore'],
        env: { ...process.env, SPARK_LOCAL_IP: '127.0.0.1' }
      }
    )
    for (const name of modelNames) {
      const rows = JSON.parse(readFileSync(join(outputs, `${name}.json`), 'utf8')) as (string | null)[][]
      assert.deepEqual(sorted(rows), expected.get(name), name)
    }
    for (const { name } of goldTables) assert.ok((expected.get(name)?.length ?? 0) > 0, `${name} has rows`)
  })
})

/** As many purchases of the widest amount and rate as 38 digits could not hold the sum of, with all its digits. */
const dearest = Array.from({ length: 150 }, (_, n) => {
  const one = bookBought(n, firstDay * 86_400_000_000 + n)
  return { ...one, row: { ...one.row, user_id: uuid(1, 9), amount: '99999999999999.9999', currency: 'KWD' } }
})

const modelsFolder = fileURLToPath(new URL('../../../sinks/gold/models', import.meta.url))

/** Loads everything a long log leaves behind, writes it as Parquet for Spark, and gives what DuckDB makes of it. */
async function runInDuckDb(folder: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const engine = await openEngine(rates)
  const bench = new GoldBench(engine)
  try {
    bench.state.keep(itemsOf([...longList(2026), ...dearest]))
    const targets = ['activity', 'notifications'] as const
    bench.state.rows.choose(
      targets.flatMap(
        (subject) =>
          bench.state.waiting.targets(subject, { upTo: bench.state.waiting.mark, limit: 10_000 }).list
      )
    )
    mkdirSync(folder, { recursive: true })
    const { connection } = engine
    for (const { name, fromState } of inputs) {
      const sql = fromState.notifications ?? fromState.activity ?? ''
      await engine.load(name, bench.state.rows.all(sql))
      await connection.run(`COPY (SELECT DISTINCT * FROM ${name}) TO '${join(folder, `${name}.parquet`)}'`)
    }
    await connection.run(`COPY in_rates TO '${join(folder, 'in_rates.parquet')}'`)
    const made = new Map<string, readonly string[]>()
    for (const input of inputs)
      await connection.run(
        `CREATE OR REPLACE TEMP VIEW ${input.name} AS FROM '${join(folder, `${input.name}.parquet`)}'`
      )
    for (const name of modelNames) {
      const rows = await connection.runAndReadAll(`SELECT COLUMNS(*)::VARCHAR FROM ${name}`)
      made.set(name, sorted(rows.getRowsJson() as (string | null)[][]))
    }
    return made
  } finally {
    bench.close()
    engine.close()
  }
}

const sorted = (rows: readonly (readonly (string | null)[])[]): string[] =>
  rows.map((row) => JSON.stringify(row)).sort()
