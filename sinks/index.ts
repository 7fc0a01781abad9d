import { defineSink } from '../runtime/define.ts'
import type { AnyPipeline } from '../runtime/pipeline.ts'
import type { Table } from '../schemas/table.ts'
import { tableList } from '../schemas/tables.ts'
import { topicsOf } from '../topics/catalogue.ts'
import { bronzeSink } from './lake/bronze.ts'
import type { CleanChange, CleanRow } from './lake/silver-columns.ts'
import { silverSink } from './lake/silver.ts'

const bronze = (table: Table): AnyPipeline =>
  defineSink({ name: `bronze.${table.name}`, from: topicsOf(table).changes, into: bronzeSink(table) })

const silver = (table: Table): AnyPipeline =>
  // Which columns a clean row has is known by the table's schema only.
  defineSink<CleanChange>({
    name: `silver.${table.name}`,
    from: topicsOf(table as Table<CleanRow>).clean,
    into: silverSink(table)
  })

/** Bronze and Silver of every table. */
export const lakeSinks: readonly AnyPipeline[] = tableList.flatMap((table) => [bronze(table), silver(table)])
