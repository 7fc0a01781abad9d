import { CourantError } from '../../runtime/errors.ts'
import type { PipelineStatement } from '../../schemas/pipeline-status.ts'
import type { Connection } from '../connection.ts'
import type { KafkaRecord } from '../kafka/port.ts'
import { decoder } from '../registry/codec.ts'
import { healthLevels, type PipelineHealth, reasons } from './health.ts'
import { believedForMs, statusTopic } from './status-topic.ts'
import { withAdmin } from '../kafka/admin/with-admin.ts'

/** How a pipeline is by what a process says of it. */
export interface StatedHealth {
  readonly health: PipelineHealth
  readonly process: string
  readonly saidAt: Date
}

interface Noted {
  readonly statement: PipelineStatement
  readonly saidMs: number
}

/** What processes say of their pipelines, as far as it was read. */
export class StatusBoard {
  readonly #except: string
  readonly #noted = new Map<string, Noted>()
  #next = 0
  #newestMs = 0

  /** Without what the process of that name says itself. */
  constructor(except = '') {
    this.#except = except
  }

  /** Reads on to the end. Where there is no such topic yet, nobody says anything. */
  async read(connection: Connection, signal: AbortSignal): Promise<void> {
    const decode = decoder<PipelineStatement>(statusTopic.type, {
      registry: connection.registry,
      topic: statusTopic.name
    })
    try {
      const [ends] = await endsIn(connection)
      if (!ends) return
      const { low, high } = ends
      // Made anew, or all that was read is gone.
      if (this.#next > high) this.#forget()
      const from = { topic: statusTopic.name, partition: 0, offset: Math.max(low, this.#next) }
      if (from.offset >= high) return
      for await (const record of connection.kafka.read(from, { signal })) await this.#note(record, decode)
      this.#next = high
    } catch (error) {
      if (!(error instanceof CourantError) || error.code !== 'TOPIC_MISSING') throw error
    }
  }

  /** By pipeline the worst that is said of it; where nothing was for long, that it is unknown, never that it is well. */
  stated(now = new Date()): ReadonlyMap<string, StatedHealth> {
    // A clock of ours that is behind must not keep alive who is gone.
    const nowMs = Math.max(now.getTime(), this.#newestMs)
    const byPipeline = Map.groupBy(this.#noted.values(), ({ statement }) => statement.pipeline)
    return new Map([...byPipeline].map(([name, all]) => [name, statedOf(all, nowMs)]))
  }

  async #note(
    record: KafkaRecord,
    decode: (bytes: Buffer) => PipelineStatement | Promise<PipelineStatement>
  ) {
    const key = record.key?.toString() ?? ''
    this.#newestMs = Math.max(this.#newestMs, record.timestamp)
    if (record.value === null) {
      this.#noted.delete(key)
      return
    }
    const statement = await readable(() => decode(record.value as Buffer))
    if (statement === null || statement.process === this.#except) return
    this.#noted.set(key, { statement, saidMs: record.timestamp })
  }

  #forget(): void {
    this.#noted.clear()
    this.#next = 0
  }
}

const endsIn = ({ kafka }: Connection) => withAdmin(kafka, (admin) => admin.offsets(statusTopic.name))

/** Null of what nobody of ours said. */
async function readable(
  decode: () => PipelineStatement | Promise<PipelineStatement>
): Promise<PipelineStatement | null> {
  try {
    return await decode()
  } catch (error) {
    if (error instanceof CourantError && error.verdict === 'record') return null
    throw error
  }
}

function statedOf(all: readonly Noted[], nowMs: number): StatedHealth {
  const fresh = all.filter(({ saidMs }) => nowMs - saidMs <= believedForMs)
  if (fresh.length === 0) {
    const last = all.reduce((newest, one) => (one.saidMs > newest.saidMs ? one : newest))
    const seconds = (nowMs - last.saidMs) / 1000
    return stated(last, { level: 'unknown', reason: 'silent', code: null, seconds })
  }
  const rank = ({ statement }: Noted) => healthLevels.indexOf(levelOf(statement))
  const worst = fresh.reduce((one, other) => (rank(other) < rank(one) ? other : one))
  const { reason, code, seconds } = worst.statement
  const known = reasons.find((one) => one === reason)
  return stated(worst, { level: levelOf(worst.statement), reason: known ?? 'silent', code, seconds })
}

/** What a later version may say and this one does not know is neither good nor bad. */
const levelOf = ({ level, reason }: PipelineStatement) =>
  (reasons.some((one) => one === reason) && healthLevels.find((one) => one === level)) || 'unknown'

const stated = (
  { statement: { pipeline, process, promise_seconds }, saidMs }: Noted,
  verdict: Pick<PipelineHealth, 'level' | 'reason' | 'code' | 'seconds'>
): StatedHealth => ({
  process,
  saidAt: new Date(saidMs),
  health: { name: pipeline, promiseSeconds: promise_seconds, notices: [], ...verdict }
})
