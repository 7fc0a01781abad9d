import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { lakeConnection } from '../../../sinks/lake/duckdb.ts'
import { type InputFile, mergeFiles } from '../../../sinks/lake/merge-files.ts'
import { ParquetEncoder } from '../../../sinks/lake/parquet-encoder.ts'
import { silverColumns, silverRow } from '../../../sinks/lake/silver-columns.ts'
import { testContext } from '../../support/context.ts'
import { sampleTable } from './sample-log.ts'
import { range } from './silver-lake.ts'

const folder = mkdtempSync(join(tmpdir(), 'courant-merge-'))
after(() => rmSync(folder, { recursive: true, force: true }))

describe('merging Parquet files', () => {
  it('keeps every row, whether all is sorted at once, in runs, or added to what is larger than a run', async () => {
    const { settings } = testContext({})
    const connection = await lakeConnection(settings)
    const encoder = await ParquetEncoder.open(sampleTable, settings)
    const columns = silverColumns(sampleTable)
    const inputs: InputFile[] = []
    for (const [at, [from, to]] of [
      [0, 2000],
      [2000, 2100],
      [2100, 2200],
      [2200, 2300]
    ].entries()) {
      const rows = range(from ?? 0, to ?? 0).map((item, n) =>
        silverRow(sampleTable, columns, { ...item, at: new Date(0), partition: 0, offset: (from ?? 0) + n })
      )
      const staged = await encoder.stage(rows)
      const content = await staged.encode(rows, '1970-01-01')
      await staged.close()
      const file = join(folder, `${at}.parquet`)
      assert.ok(Buffer.isBuffer(content.source))
      await writeFile(file, content.source)
      inputs.push({ file, size: content.size })
    }
    const schema = columns.map(({ name, sqlType }) => ({ name, type: sqlType }))
    const largest = inputs[0]?.size ?? 0
    for (const maxRunBytes of [1e9, largest + 10, largest - 10, (inputs[1]?.size ?? 0) + 10, 10]) {
      const file = join(folder, 'merged.parquet')
      await mergeFiles({ table: sampleTable, schema, connection }, inputs, {
        file,
        facts: { made: 'here' },
        maxRunBytes
      })
      const counted = await connection.runAndReadAll(
        `SELECT count(*), count(DISTINCT (_partition, _offset)) FROM read_parquet('${file}')`
      )
      assert.deepEqual(counted.getRows(), [[2300n, 2300n]], `runs of ${maxRunBytes} bytes`)
      assert.ok((await stat(file)).size > 0 && (await readFile(file, 'latin1')).includes('made'))
    }
    await encoder.close()
    connection.closeSync()
  })
})
