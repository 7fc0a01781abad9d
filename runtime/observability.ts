import { type Logger, pino } from 'pino'
import { pretty, prom } from './process/packages.ts'
import type { Counter, Gauge, Registry } from 'prom-client'
import { CourantError } from './errors.ts'
import type { Log, Metrics } from './pipeline.ts'
import { redacted } from './process/redact.ts'
import { type Setting, oneOf } from './settings.ts'
import { visible } from './process/visible-text.ts'

export const logLevel: Setting = {
  env: 'COURANT_LOG_LEVEL',
  describe: 'How much is logged',
  default: 'info',
  check: oneOf('debug', 'info', 'warn', 'error', 'silent')
}

const secretPaths = ['password', 'secret', 'token', 'authorization', 'connectionString', 'cookie'].flatMap(
  (name) => [name, `*.${name}`, `*.*.${name}`]
)

/**
 * A pino logger on stderr (stdout is for results) that redacts secrets and writes errors without their data: JSON
 * lines for machines, plain lines for a person at a terminal.
 */
export function createLog(level: string, destination: NodeJS.WritableStream = defaultDestination()): Logger {
  return pino(
    {
      level,
      base: null,
      redact: { paths: secretPaths, censor: '***' },
      serializers: { err: describeError },
      hooks: { streamWrite: safeLine }
    },
    destination
  )
}

/**
 * A line as it may leave the process: whatever a foreign error said, no secret of an address is in it, and nothing that a
 * terminal obeys. All that is logged goes through here, as JSON, just before it is written.
 */
function safeLine(line: string): string {
  const safe = (_name: string, value: unknown) =>
    typeof value === 'string' ? visible(redacted(value)) : value
  // Names of fields, too, may come from elsewhere.
  return `${visible(JSON.stringify(JSON.parse(line), safe))}\n`
}

function defaultDestination(): NodeJS.WritableStream {
  return process.stderr.isTTY
    ? pretty.build({ destination: process.stderr.fd, ignore: 'pid,hostname' })
    : process.stderr
}

/**
 * An error as it may be logged: our own with code and cause; a driver's by name, code and message, but without the
 * fields in which databases repeat the row (`detail`, `where`, `parameters`).
 */
function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: String(error) }
  const { name, message, cause } = error
  const code = (error as { code?: unknown }).code
  const known = error instanceof CourantError
  return {
    name,
    message,
    ...(code !== undefined && { code }),
    ...(known && { details: error.details }),
    ...(!known && { stack: error.stack }),
    ...(cause !== undefined && { cause: describeError(cause) })
  }
}

/** Prometheus metrics by name; `courant_` is put before each and each carries its pipeline. */
export class MetricsRegistry {
  readonly registry = new prom.Registry()
  readonly #made = new Map<string, Counter | Gauge>()

  constructor() {
    prom.collectDefaultMetrics({ register: this.registry })
  }

  /** The metrics of one pipeline. */
  of(pipeline: string): Metrics {
    return {
      count: (name, by = 1, labels = {}) => {
        const counter = this.#metric(name, labels, (options) => new prom.Counter(options)) as Counter
        counter.inc({ pipeline, ...labels }, by)
      },
      gauge: (name, value, labels = {}) => {
        const gauge = this.#metric(name, labels, (options) => new prom.Gauge(options)) as Gauge
        gauge.set({ pipeline, ...labels }, value)
      }
    }
  }

  #metric(
    name: string,
    labels: Record<string, string>,
    make: (options: {
      name: string
      help: string
      labelNames: string[]
      registers: Registry[]
    }) => Counter | Gauge
  ): Counter | Gauge {
    const known = this.#made.get(name)
    if (known) return known
    const help = name.replaceAll('_', ' ')
    const labelNames = ['pipeline', ...Object.keys(labels)]
    const made = make({ name: `courant_${name}`, help, labelNames, registers: [this.registry] })
    this.#made.set(name, made)
    return made
  }
}

/** The part of a logger that adapters see, with the pipeline's name on every line. */
export const logOf = (logger: Logger, pipeline: string): Log => logger.child({ pipeline })
