import { DuckDBInstance } from '@duckdb/node-api'

// An analyst in a process of its own: opens the database again and again, reads it twice in a row, writes a table of
// his own when he may, and reports every view that is not whole. Usage: analyst-process.ts FILE READ_ONLY|READ_WRITE

const [, , file = '', mode = 'READ_ONLY'] = process.argv
let reads = 0
const stop = new AbortController()
process.on('message', () => stop.abort())
process.send?.({ ready: true })

while (!stop.signal.aborted) {
  const problem = await look().catch((error: unknown) => String(error))
  if (problem !== null) process.send?.({ problem })
  reads += 1
}
process.send?.({ reads }, () => process.disconnect())

async function look(): Promise<string | null> {
  const instance = await DuckDBInstance.create(file, { access_mode: mode })
  const connection = await instance.connect()
  try {
    const seen = async () =>
      (await connection.runAndReadAll('SELECT count(*), min(n), max(n) FROM numbers')).getRowsJson()[0]
    const first = await seen()
    if (mode === 'READ_WRITE') await connection.run('CREATE OR REPLACE TABLE mine AS SELECT * FROM numbers')
    const second = await seen()
    const [count, min, max] = first ?? []
    const isWhole = count === '20000' && min === max && JSON.stringify(first) === JSON.stringify(second)
    return isWhole ? null : `saw ${JSON.stringify(first)} and then ${JSON.stringify(second)}`
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}
