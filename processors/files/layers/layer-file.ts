import { createHash, randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type CheckOptions, checkFile } from '../check/check-file.ts'
import type { RowTaker } from '../check/judge-table.ts'
import type { CheckResult } from '../check/result.ts'
import { type Contract, editionOf } from '../contract/contract.ts'
import { levelOf, sentenceOf } from '../report/catalogue.ts'
import { sqlName, sqlText, withDuckDb } from './duckdb.ts'
import { type ArgentShape, argentShape, distinct, type LayerColumn } from './layer-columns.ts'
import { StagedRows } from './staged-rows.ts'

/** A Parquet file of a layer that was made of one dropped file. */
interface LayerPart {
  readonly file: string
  readonly rows: number
}

/** What was made of a dropped file; of one that is refused there are no layers. */
export interface LayeredFile {
  /** Its findings are the caller's to close. */
  readonly result: CheckResult
  readonly contract: Contract | null
  readonly edition: string | null
  readonly bronze: LayerPart | null
  readonly argent: LayerPart | null
  /** The lines that were set aside; null where there are none. */
  readonly rejected: LayerPart | null
}

export interface LayerOptions extends Pick<CheckOptions, 'contracts' | 'theme' | 'progress' | 'sameContent'> {
  /** The object that the file is in the lake, noted with every row. */
  readonly raw: string
  /** The hash of the file as it lies there; that of what is in it, unless told. */
  readonly sha256?: string
  /** Where the Parquet files are made, `bronze.parquet` and so on. */
  readonly folder: string
}

/** The name of a raw object's files in the layers: the same each time, safe whatever the object is called. */
export function fileIdOf(raw: string): string {
  const when = /^\d{8}T\d{6}Z/.exec(basename(raw))?.[0] ?? 'file'
  return `${when}-${createHash('sha256').update(raw).digest('hex').slice(0, 16)}`
}

/**
 * Reads a file once more than it is checked: its rows go to disc as they are judged and become Bronze (as read), Argent
 * (typed by the contract) and the rejected lines, as Parquet. Memory does not grow with the file.
 */
export async function layerFile(path: string, options: LayerOptions): Promise<LayeredFile> {
  const { raw, folder, sha256, ...check } = options
  const stage = new Stage(folder)
  try {
    const result = await checkFile(path, { ...check, taker: stage.taker })
    stage.close()
    const { contract } = stage
    const edition = contract === null ? null : editionOf(contract, result.source?.name ?? basename(path))
    const facts = { raw, sha256: sha256 ?? result.scan?.sha256 ?? '', edition }
    const parts = await stage.write({ facts, isRefused: result.verdict === 'reject' })
    return { result, contract, edition, ...parts }
  } finally {
    stage.remove()
  }
}

interface Facts {
  readonly raw: string
  readonly sha256: string
  readonly edition: string | null
}

class Stage {
  readonly taker: RowTaker
  readonly #folder: string
  readonly #bronze: StagedRows
  readonly #argent: StagedRows
  readonly #rejected: StagedRows
  contract: Contract | null = null
  #columns: readonly LayerColumn[] = []
  #shape: ArgentShape = { columns: [], rowsOf: () => [] }

  constructor(folder: string) {
    this.#folder = folder
    const file = () => new StagedRows(join(folder, `staged-${randomUUID()}.csv`))
    this.#bronze = file()
    this.#argent = file()
    this.#rejected = file()
    let places: readonly number[] = []
    const asRead = (cells: readonly string[], line: number) =>
      this.#bronze.add(
        places.map((at) => cells[at] ?? null),
        line
      )
    this.taker = {
      start: (plan, { contract, columns }) => {
        this.contract = contract
        this.#shape = argentShape(plan, contract)
        this.#columns = distinct(columns.map(({ name }) => ({ name, type: 'VARCHAR' })))
        places = columns.map(({ index }) => index)
      },
      good: ({ line, values, cells }) => {
        asRead(cells, line)
        for (const row of this.#shape.rowsOf(values)) this.#argent.add(row, line)
      },
      repeated: ({ line, cells }) => asRead(cells, line),
      rejected: ({ line, cells, findings }) =>
        this.#rejected.add(
          [
            JSON.stringify(cells),
            findings.map(({ code }) => code).join(','),
            findings
              .filter(({ code }) => levelOf(code) === 'row')
              .map((finding) => sentenceOf(finding, 'fr'))
              .join(' ; ')
          ],
          line
        )
    }
  }

  close(): void {
    for (const staged of this.#all) staged.close()
  }

  async write({
    facts,
    isRefused
  }: {
    facts: Facts
    isRefused: boolean
  }): Promise<Pick<LayeredFile, 'bronze' | 'argent' | 'rejected'>> {
    const part = (name: string, staged: StagedRows, columns: readonly LayerColumn[]) =>
      writePart(join(this.#folder, `${name}.parquet`), { staged, columns, facts, layer: name })
    const rejected =
      this.#rejected.rows === 0 ? null : await part('rejected', this.#rejected, rejectedColumns)
    if (isRefused) return { bronze: null, argent: null, rejected }
    return {
      bronze: await part('bronze', this.#bronze, this.#columns),
      argent: await part('argent', this.#argent, this.#shape.columns),
      rejected
    }
  }

  remove(): void {
    for (const { file } of this.#all) rmSync(file, { force: true })
  }

  get #all(): readonly StagedRows[] {
    return [this.#bronze, this.#argent, this.#rejected]
  }
}

const rejectedColumns: readonly LayerColumn[] = ['cells', 'codes', 'reasons'].map((name) => ({
  name,
  type: 'VARCHAR'
}))

interface Part {
  readonly staged: StagedRows
  readonly columns: readonly LayerColumn[]
  readonly facts: Facts
  readonly layer: string
}

async function writePart(file: string, { staged, columns, facts, layer }: Part): Promise<LayerPart> {
  const names = columns.map(({ name }) => `${sqlText(name)}: 'VARCHAR'`)
  const read = `read_csv(${sqlText(staged.file)}, auto_detect = false, header = false, delim = ',', quote = '"',
    escape = '"', new_line = '\\n', nullstr = '', allow_quoted_nulls = false, strict_mode = true,
    max_line_size = ${staged.mostBytes}, buffer_size = ${Math.max(4 << 20, staged.mostBytes * 2)}, parallel = false, columns = {${[...names, `'_line': 'BIGINT'`].join(', ')}})`
  const values = columns.map(({ name, type }) => `CAST(${sqlName(name)} AS ${type}) AS ${sqlName(name)}`)
  const edition =
    layer === 'argent'
      ? `, CAST(${facts.edition === null ? 'NULL' : sqlText(facts.edition)} AS VARCHAR) AS _edition`
      : ''
  const query = `SELECT ${[...values, ''].join(', ')}${sqlText(facts.raw)} AS _file, _line, ${sqlText(facts.sha256)} AS _sha256${edition} FROM ${read}`
  const done = await withDuckDb((connection) =>
    connection.runAndReadAll(
      `COPY (${query}) TO ${sqlText(file)} (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 61440)`
    )
  )
  const rows = Number(done.getRows()[0]?.[0])
  if (rows !== staged.rows)
    throw new Error(`${rows} rows were written of ${staged.rows} of ${layer} of ${facts.raw}`)
  return { file, rows }
}
