import type { Client, QueryOptions, types } from 'cassandra-driver'
import { translateError } from './translate-error.ts'

interface QueryParts extends Pick<QueryOptions, 'fetchSize' | 'pageState'> {
  readonly values?: readonly unknown[]
}

/** Runs one query, which changes nothing; every query goes through here, so that no error of the driver's gets out. */
export async function execute(
  client: Client,
  query: string,
  { values = [], ...paging }: QueryParts = {}
): Promise<types.ResultSet> {
  try {
    return await client.execute(query, [...values], { prepare: true, isIdempotent: true, ...paging })
  } catch (error) {
    throw translateError(error)
  }
}
