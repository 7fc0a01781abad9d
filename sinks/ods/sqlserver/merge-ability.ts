import { CourantError } from '../../../runtime/errors.ts'
import type { Dialect } from '../dialect.ts'
import type { OdsSession } from '../ods-database.ts'
import { dialectWithoutMerge, sqlServerDialect } from './sqlserver-dialect.ts'

/** By which statements rows without history are merged; `auto` asks the server whether it has MERGE. */
export const mergeWays = ['auto', 'merge', 'update-insert'] as const
export type MergeWay = (typeof mergeWays)[number]

/** A MERGE that touches no table of anybody. */
export const mergeProbe =
  'DECLARE @probe TABLE ([k] int NOT NULL); MERGE @probe AS t USING (SELECT 1 AS [k]) AS s ON t.[k] = s.[k] WHEN NOT MATCHED THEN INSERT ([k]) VALUES (s.[k]);'

/** The dialect that a server takes; it is asked once. */
export class MergeAbility {
  readonly #way: MergeWay
  #found: Dialect | null = null

  constructor(way: MergeWay) {
    this.#way = way
  }

  async dialect(session: Pick<OdsSession, 'query'>): Promise<Dialect> {
    this.#found ??= await this.#look(session)
    return this.#found
  }

  async #look(session: Pick<OdsSession, 'query'>): Promise<Dialect> {
    if (this.#way !== 'auto') return this.#way === 'merge' ? sqlServerDialect : dialectWithoutMerge
    try {
      await session.query('see whether it has MERGE', { text: mergeProbe })
      return sqlServerDialect
    } catch (error) {
      const isRefused = error instanceof CourantError && error.code === 'TARGET_REFUSED'
      if (!isRefused || error.details['isOfServer'] === true) throw error
      return dialectWithoutMerge
    }
  }
}
