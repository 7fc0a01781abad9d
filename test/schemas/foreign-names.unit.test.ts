import { Writable } from 'node:stream'
import { resolve, sep } from 'node:path'
import { escapeIdentifier } from 'pg'
import { DuckDBInstance } from '@duckdb/node-api'
import { quoteName } from '../../producers/postgres/poll/key-column.ts'
import { quoted as progressName } from '../../producers/progress/sql-text.ts'
import { checkObjectName } from '../../runtime/object-store/object-store.ts'
import { createLog } from '../../runtime/observability.ts'
import { visibleLine } from '../../runtime/process/visible-text.ts'
import { jsonBlobName } from '../../schemas/applications/blob-names.ts'
import { erpTopicName } from '../../schemas/erp/run-schema.ts'
import { checkSqlNames, sqlNameOf } from '../../schemas/erp/sql-names.ts'
import { sqlName, sqlText } from '../../sinks/lake/duckdb.ts'
import { runFolder, tableFolder } from '../../sinks/ods/cache/cached-run.ts'
import { quoted as odsName } from '../../sinks/ods/postgres/types.ts'
import { bracketed } from '../../sinks/ods/sqlserver/types.ts'
import { letterNamed } from '../../topics/headers.ts'
import { namesContract } from '../contracts/names.contract.ts'

const cache = resolve('/var/lib/courant/cache')
const isIn = (folder: string, path: string) => path.startsWith(folder + sep) && resolve(path) === path
const runId = '0190a6f0-0000-7000-8000-000000000000'

namesContract({
  what: 'the name of an object in any store',
  make: checkObjectName,
  isRight: (made, name) => made === name && isIn('/store', resolve('/store', made)) && made.isWellFormed(),
  ordinary: 'silver/users/2026-11-30/users.parquet'
})

namesContract({
  what: 'the id of a run, which names a folder that is emptied',
  make: (id) => runFolder(cache, 'client', id),
  isRight: (made, id) => made === `${cache}${sep}client${sep}${id}.parquet`,
  ordinary: runId
})

namesContract({
  what: 'a table of the metadata, which names a folder',
  make: (table) => tableFolder(cache, table),
  isRight: (made, table) => isIn(cache, made) && made === cache + sep + table,
  ordinary: 'client'
})

namesContract({
  what: 'a table of the metadata, which names a topic and a subject',
  make: erpTopicName,
  isRight: (made) => /^erp\.[a-z0-9_-]*\.changes$/.test(made),
  ordinary: 'client'
})

namesContract({
  what: 'the topic of a letter that a record says it was replayed from',
  make: (pipeline) => letterNamed(`${pipeline}.dead/1`)?.topic ?? '',
  isRight: (made, pipeline) =>
    made === '' || (made === `${pipeline}.dead` && /^[a-zA-Z0-9._-]{1,249}$/.test(made)),
  ordinary: 'silver.users'
})

namesContract({
  what: 'the id of an application, which names a blob',
  make: (id) => checkObjectName(jsonBlobName({ application: { id }, source: { event_at_us: 0 } })),
  isRight: (made) => isIn('/store/applications', resolve('/store', made)),
  ordinary: runId
})

namesContract({
  what: 'the SQL name of a column in a marker',
  make: (sqlName) => {
    checkSqlNames('client', [{ sourceName: 'x', sqlName }])
    return sqlName
  },
  isRight: (made) => /^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(made),
  ordinary: 'credit_limit'
})

namesContract({
  what: 'a column of the ERP, which gets an SQL name',
  make: sqlNameOf,
  isRight: (made) => /^[A-Za-z0-9_]*$/.test(made),
  ordinary: 'gencod-v'
})

/** What stands between the quotes of one whole identifier or text; null where something stands behind it. */
function unquoted(made: string, open: string, close: string): string | null {
  if (!made.startsWith(open) || !made.endsWith(close) || made.length < 2) return null
  const inside = made.slice(1, -1)
  return inside.replaceAll(close + close, '').includes(close) ? null : inside.replaceAll(close + close, close)
}

for (const [what, make, open, close] of [
  ['PostgreSQL', quoteName, '"', '"'],
  ['OpenEdge', progressName, '"', '"'],
  ['DuckDB', sqlName, '"', '"'],
  ['SQL Server', bracketed, '[', ']'],
  ["DuckDB's text", sqlText, "'", "'"]
] as const)
  namesContract({
    what: `an identifier of ${what}`,
    make,
    isRight: (made, name) => unquoted(made, open, close) === name,
    ordinary: 'Order Line'
  })

namesContract({
  what: 'an identifier of the ODS in PostgreSQL',
  make: odsName,
  isRight: (made, name) => made === escapeIdentifier(name.toLowerCase()),
  ordinary: 'Client'
})

const duckdb = await (await DuckDBInstance.create(':memory:')).connect()

namesContract({
  what: 'an identifier and a text in a statement that DuckDB runs',
  // DuckDB's parser ends at NUL: the statement fails, and nothing else comes of it.
  async make(name) {
    if (name === '' || name.includes('\u0000')) return Buffer.from(name).toString()
    const result = await duckdb.runAndReadAll(`SELECT ${sqlText(name)} AS ${sqlName(name)}`)
    return result.columnNames()[0] === result.getRows()[0]?.[0] ? String(result.getRows()[0]?.[0]) : 'another'
  },
  isRight: (made, name) => made === Buffer.from(name).toString(),
  ordinary: 'Order Line'
})

namesContract({
  what: 'a word in a line of the log',
  make(name) {
    let written = ''
    const sink = new Writable({
      write: (chunk, _encoding, done) => {
        written += String(chunk)
        done()
      }
    })
    createLog('info', sink).info({ name, [name]: 1 }, name)
    return written
  },
  // oxlint-disable-next-line no-control-regex -- what a terminal obeys must not be there
  isRight: (made) => /^[^\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u202e]+\n$/.test(made),
  ordinary: 'users'
})

namesContract({
  what: 'a cell at a terminal',
  make: visibleLine,
  // oxlint-disable-next-line no-control-regex -- what a terminal obeys must not be there
  isRight: (made) => !/[\u0000-\u001f\u007f-\u009f\u2028\u202e]/.test(made),
  ordinary: 'users'
})
