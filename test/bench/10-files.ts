import { closeSync, mkdirSync, openSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { withDuckDb } from '../../processors/files/layers/duckdb.ts'
import { layerFile } from '../../processors/files/layers/layer-file.ts'
import type { Bench, BenchContext, Findings } from './bench.ts'

/** A dropped CSV to Bronze and Argent, beside what DuckDB alone takes for its Parquet when it is told every column. */
export const files: Bench = {
  number: 10,
  name: 'files',
  title: 'Dropped file → Bronze and Argent',
  servers: [],
  run
}

async function run({ rows, isQuick, folder, report }: BenchContext): Promise<Findings> {
  const count = isQuick ? 50_000 : rows
  const file = join(folder, 'faits inventes.csv')
  write(file, count)
  report(`${count} rows, ${Math.round(statSync(file).size / 1e6)} MB`)
  const out = join(folder, 'layers')
  mkdirSync(out)
  const ours = await measured(async () => {
    const { result, argent } = await layerFile(file, {
      raw: 'raw/crime/20261130T120000Z_faits inventes.csv',
      folder: out,
      contracts: []
    })
    result.findings.close()
    if (argent?.rows !== count) throw new Error(`${argent?.rows} rows of ${count} are in Argent`)
  })
  const memory = process.resourceUsage().maxRSS / 1024
  const duckdb = await measured(() =>
    withDuckDb(async (connection) => void (await connection.run(copy(file, out))))
  )
  const share = duckdb / ours
  const rate = (seconds: number) => Math.round(count / seconds).toLocaleString('en')
  return {
    setting: [
      `A CSV of ${count.toLocaleString('en')} rows and ${Math.round(statSync(file).size / 1e6)} MB with five columns, invented, without a contract.`,
      'Ours finds out how the file is written, judges every row, and writes Bronze and Argent with file and line; DuckDB is told everything and writes one typed Parquet.'
    ],
    tables: [
      {
        caption: 'Rows per CPU second',
        rows: [
          { who: 'layerFile', 'rows per CPU s': rate(ours), 'CPU s': ours.toFixed(1) },
          { who: 'DuckDB COPY', 'rows per CPU s': rate(duckdb), 'CPU s': duckdb.toFixed(1) }
        ]
      }
    ],
    verdicts: [
      `Reading and judging takes ${(1 / share).toFixed(1)} times the CPU of DuckDB's COPY; half its speed was wanted, which rows judged one by one in JavaScript do not reach.`,
      `The process held ${Math.round(memory)} MB at most; less than 700 was wanted.`
    ]
  }
}

const copy = (file: string, out: string) => `COPY (
  SELECT departement, annee::BIGINT AS annee, classe, faits::BIGINT AS faits, replace(taux, ',', '.')::DOUBLE AS taux
  FROM read_csv('${file}', delim = ';', header = true, auto_detect = false, columns = {departement: 'VARCHAR',
    annee: 'VARCHAR', classe: 'VARCHAR', faits: 'VARCHAR', taux: 'VARCHAR'})
) TO '${join(out, 'duckdb.parquet')}' (FORMAT parquet, COMPRESSION zstd)`

/** The CPU seconds of some work of this process. */
async function measured(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

function write(file: string, rows: number): void {
  const descriptor = openSync(file, 'w')
  writeSync(descriptor, 'departement;annee;classe;faits;taux\n')
  for (let from = 0; from < rows; from += 10_000) {
    const page = Array.from({ length: Math.min(10_000, rows - from) }, (_, at) => rowOf(from + at))
    writeSync(descriptor, page.join(''))
  }
  closeSync(descriptor)
}

const rowOf = (n: number) =>
  `${String((n % 95) + 1).padStart(2, '0')};${2000 + (n % 20)};Classe ${n % 13} de faits;${n};${String((n % 1000) / 7).replace('.', ',')}\n`
