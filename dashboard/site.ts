import type { AnyPipeline } from '../runtime/pipeline.ts'
import type { DeclaredTopic } from '../topics/catalogue.ts'
import type { Connection } from '../topics/connection.ts'
import type { StatusView } from './status.ts'

/** What there is to look into: all that is declared, whichever process runs it. */
export interface Declared {
  readonly pipelines: readonly AnyPipeline[]
  readonly topics: readonly DeclaredTopic[]
  /** The system that a pipeline is of. */
  readonly systemOf: (pipeline: string) => string
}

/** What the pages show, and whom they ask. */
export interface Site {
  readonly declared: Declared
  readonly connection: Connection
  readonly view: () => Promise<StatusView>
  /** What COURANT_OPERATOR_USERS says; without any, nobody is asked to log in. */
  readonly users?: string
  /** Whether other machines reach the pages. */
  readonly isPublic?: boolean
}
