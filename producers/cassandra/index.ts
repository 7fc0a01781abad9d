import { defineProducer } from '../../runtime/define.ts'
import type { AnyPipeline } from '../../runtime/pipeline.ts'
import { tableList } from '../../schemas/tables.ts'
import { topicsOf } from '../../topics/catalogue.ts'
import { cassandraReader } from './cassandra-reader.ts'

/** A producer for each table whose source is Cassandra. */
export const cassandraProducers: readonly AnyPipeline[] = tableList
  .filter(({ source }) => source === 'cassandra')
  .map((table) =>
    defineProducer({
      name: `cassandra.${table.name}`,
      from: cassandraReader(table),
      to: topicsOf(table).changes
    })
  )
