import { progressReader } from '../../producers/progress/progress-producer.ts'
import { connectionSettings } from '../../producers/progress/settings.ts'
import { CourantError } from '../../runtime/errors.ts'
import type { AnyPipeline, Context } from '../../runtime/pipeline.ts'
import { retryWithin } from '../../runtime/retry.ts'
import type { Settings } from '../../runtime/settings.ts'
import { type EtlTable, parseEtlTable } from '../../schemas/erp/metadata.ts'
import { readEtlColumns, readEtlTables } from '../../sinks/ods/metadata.ts'
import type { OdsDatabase } from '../../sinks/ods/ods-database.ts'
import { openOds } from '../../sinks/ods/open-ods.ts'
import { lastSuccess } from '../../sinks/ods/loaded-tables.ts'
import { odsSettings } from '../../sinks/ods/settings.ts'
import { erpTopic } from '../../topics/erp-changes.ts'
import type { Discovered, SystemParts } from '../system.ts'
import { etlSettings } from './settings.ts'
import { readsOf, tableIn, tablePipelines } from './table-pipelines.ts'

const anyTable = 'anytable'

/** What the system of the ERP is made of: a pair of pipelines for each row of config.ETL_Tables. */
export const erpParts = (): SystemParts => ({
  switches: [connectionSettings.connectionString, odsSettings.url],
  settings: etlSettings,
  runTime: {
    discover,
    owns: (pipeline) => tableIn(pipeline) !== null,
    reads: readsOf,
    patterns: pipelinesOf(parseEtlTable({ TableName: anyTable, PrimaryKeyCols: 'id' })).map(asPattern),
    topics: [
      {
        ...erpTopic(anyTable),
        name: said(erpTopic(anyTable).name),
        describe: said(erpTopic(anyTable).describe)
      }
    ],
    runBy: '`courant etl load`, or `courant etl run`',
    // A row belongs to its run, which was given up without it: sent again, it would be of none.
    insteadOfReplay: (pipeline) =>
      `Rows of ERP tables are not replayed: correct what \`courant dlq show ${pipeline}\` says, load the table again with \`courant etl load ${tableIn(pipeline)} full\`, then \`courant dlq dismiss ${pipeline}\``
  }
})

/** How long an ODS that does not answer is asked again. */
const patienceMs = 5_000

async function discover(settings: Settings): Promise<Discovered> {
  try {
    const { tables, wrong } = await withOds(settings, (ods) =>
      retryWithin(() => readEtlTables(ods), { withinMs: patienceMs })
    )
    return {
      pipelines: tables.flatMap(pipelinesOf),
      topics: tables.map(({ tableName }) => erpTopic(tableName)),
      problems: wrong.map(({ error }) => error.message)
    }
  } catch (error) {
    if (!(error instanceof CourantError)) throw error
    return { ...nothing, ...(!isNotMade(error) && { unknown: error.message }) }
  }
}

const nothing: Discovered = { pipelines: [], topics: [], problems: [] }

/** Nothing is copied yet where no `etl sync` has made what says which tables are. */
const isNotMade = ({ code, message }: CourantError) =>
  code === 'TARGET_REFUSED' && /run `courant etl (?:sync|migrate)`$/.test(message)

/** The pipelines of a table, to be listed and checked; whoever runs them knows its columns and its last run. */
function pipelinesOf(table: EtlTable): readonly AnyPipeline[] {
  const [producer, sink] = tablePipelines({ table, columns: [], mode: 'full', lastSuccessAt: null })
  return [{ ...producer, from: { ...producer.from, check: (context) => checkSource(table, context) } }, sink]
}

const said = (text: string) => text.replaceAll(anyTable, '<table>')

function asPattern(pipeline: AnyPipeline): AnyPipeline {
  const { name, from, to, reads, writes } = pipeline
  return {
    ...pipeline,
    name: said(name),
    from: { ...from, describe: said(from.describe) },
    to: { ...to, describe: said(to.describe) },
    reads: reads.map(said),
    writes: writes.map(said)
  }
}

/** What a run would stumble over before its first row. */
async function checkSource(table: EtlTable, context: Context): Promise<void> {
  const known = await withOds(context.settings, async (ods) => ({
    columns: await readEtlColumns(ods, table.tableName),
    ...(await lastSuccess(ods, table.tableName))
  }))
  if (known.columns.length === 0)
    throw new CourantError(
      'CONFIG_INVALID',
      `Table '${table.tableName}' has no columns in config.ETL_Columns: run \`courant etl sync\``
    )
  await progressReader({ table, mode: 'full', ...known }).check?.(context)
}

async function withOds<T>(settings: Settings, ask: (ods: OdsDatabase) => Promise<T>): Promise<T> {
  const ods = openOds(settings)
  try {
    return await ask(ods)
  } finally {
    await ods.close()
  }
}
