import { defineProducer } from '../../runtime/define.ts'
import type { AnyPipeline } from '../../runtime/pipeline.ts'
import { tableList } from '../../schemas/tables.ts'
import { topicsOf } from '../../topics/catalogue.ts'
import { postgresReader } from './postgres-reader.ts'

/** One producer for each table of schemas/tables.ts that lives in PostgreSQL. */
export const postgresProducers: readonly AnyPipeline[] = tableList
  .filter((table) => table.source === 'postgres')
  .map((table) =>
    defineProducer({
      name: `postgres.${table.name}`,
      from: postgresReader(table),
      to: topicsOf(table).changes
    })
  )
