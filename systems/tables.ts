import { cassandraProducers } from '../producers/cassandra/index.ts'
import { postgresProducers } from '../producers/postgres/index.ts'
import { processors } from '../processors/index.ts'
import type { AnyPipeline } from '../runtime/pipeline.ts'
import { tableList } from '../schemas/tables.ts'
import { lakeSinks } from '../sinks/index.ts'
import { topicList } from '../topics/catalogue.ts'
import type { System, SystemParts } from './system.ts'

/** The domains of schemas/tables.ts, each a system by its tables alone. */
export const tableDomains: readonly string[] = [...new Set(tableList.map(({ domain }) => domain))]

/** What the tables of a domain are made into: extracted, cleaned, in Bronze and in Silver. */
export function tableParts(domain: string): SystemParts {
  return {
    topics: topicList.filter(({ owner }) => owner === domain),
    pipelines: [...postgresProducers, ...cassandraProducers, ...processors, ...lakeSinks].filter(
      isOf(domain)
    ),
    servers: [...new Set(tableList.filter((table) => table.domain === domain).map(({ source }) => source))]
  }
}

/** The system of a domain that has nothing but tables. */
export const tableSystem = (domain: string): System => ({
  name: domain,
  describe: `tables of ${domain}`,
  load: async () => tableParts(domain)
})

/** By the first word of its topics. */
const isOf =
  (domain: string) =>
  ({ reads, writes }: AnyPipeline): boolean =>
    [...writes, ...reads].some((topic) => topic.startsWith(`${domain}.`))
