import type { Client } from 'cassandra-driver'

/** The part of pg's Pool and Client that the sample needs; a Pool survives a restart of the server. */
export interface SqlTarget {
  query(
    text: string,
    values?: unknown[]
  ): Promise<{ rows: Record<string, unknown>[]; rowCount: number | null }>
}

export interface CqlTarget {
  readonly client: Client
  readonly keyspace: string
}

/** Where the sample is written; a side that is absent is left out. */
export interface SampleTargets {
  readonly pg?: SqlTarget
  readonly cassandra?: CqlTarget
}
