import type * as RegistryClient from '@kafkajs/confluent-schema-registry'
import { lazyPackage } from '../../runtime/process/lazily.ts'
import avro, { type Type } from 'avsc'
import { CourantError } from '../../runtime/errors.ts'
import { inClear } from '../../runtime/process/production.ts'
import type { Setting, Settings } from '../../runtime/settings.ts'
import type { RecordSchema } from '../../schemas/envelope.ts'
import { avroOptions, withPlainRecords } from '../../schemas/avro-type.ts'
import { RegistryProof, unavailable } from './registry-proof.ts'

/** What we need of a schema registry. */
export interface Registry {
  /** The id of exactly this schema; SCHEMA_MISSING when nobody registered it, REGISTRY_UNAVAILABLE. */
  idOf(subject: string, schema: RecordSchema): Promise<number>
  /**
   * The type that records of the subject with this id were written with; SCHEMA_UNKNOWN, also for an id of another
   * subject, only from a registry that has the subject, REGISTRY_MISMATCH from another, or REGISTRY_UNAVAILABLE.
   */
  typeOf(id: number, subject: string): Promise<Type>
  /** The types of all versions of a subject, oldest first; none when the subject is new. */
  versionsOf(subject: string): Promise<readonly Type[]>
  /** Registers a version and holds the subject to BACKWARD_TRANSITIVE; SCHEMA_INCOMPATIBLE. */
  register(subject: string, schema: RecordSchema): Promise<number>
}

const url: Setting = {
  env: 'COURANT_REGISTRY_URL',
  describe: "Schema registry that speaks Confluent's REST API",
  default: 'http://127.0.0.1:18081/apis/ccompat/v7',
  check: (text) => (URL.canParse(text) ? userInfoIn(text) : 'must be a URL'),
  risks: (settings) =>
    inClear('registry-plaintext', {
      addresses: [settings.text(url)],
      isEncrypted: settings.text(url).startsWith('https:'),
      remedy: `let ${url.env} begin with https://`
    })
}
const username: Setting = {
  env: 'COURANT_REGISTRY_USERNAME',
  describe: 'User name for the registry',
  default: ''
}
const password: Setting = {
  env: 'COURANT_REGISTRY_PASSWORD',
  describe: 'Password for the registry',
  secret: true,
  default: ''
}

// It would stand in every error of the client, and `fetch` refuses it.
function userInfoIn(text: string): string | null {
  const { username: user, password: secret } = new URL(text)
  return user + secret === ''
    ? null
    : `must not hold a user or a password: set ${username.env} and ${password.env}`
}

export const registrySettings: readonly Setting[] = [url, username, password]

/** A registry that has just started, or shares a loaded machine, answers its first requests after seconds. */
const client = lazyPackage<typeof RegistryClient>('@kafkajs/confluent-schema-registry')

const timeoutMs = 20_000
/** How long an id the registry does not know is taken for unknown without asking again. */
const unknownForMs = 30_000
/** How many such ids are remembered. */
const mostUnknown = 10_000

/** The registry that the settings name; nothing is asked before it is needed. */
export function confluentRegistry(settings: Settings): Registry {
  const user = settings.text(username)
  const secret = settings.text(password)
  const host = settings.text(url).replace(/\/$/, '')
  const authorization = user ? `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}` : null
  return new ConfluentRegistry(
    new client.SchemaRegistry(
      {
        host,
        clientId: 'courant',
        // The caller tries again for as long as it takes; a few attempts here would only hide the failure.
        retry: { retries: 1 },
        middlewares: [withTimeout],
        ...(user && { auth: { username: user, password: secret } })
      },
      { [client.SchemaType.AVRO]: avroOptions }
    ),
    new RegistryProof({ host, authorization, timeoutMs })
  )
}

// Without it a registry that accepts connections and does not answer would hold us for ever.
const withTimeout = () => ({
  request: async <T>(request: { enhance(change: { timeout: number }): T }): Promise<T> =>
    request.enhance({ timeout: timeoutMs })
})

class ConfluentRegistry implements Registry {
  readonly #client: RegistryClient.SchemaRegistry
  readonly #proof: RegistryProof
  /** By subject and id. */
  readonly #types = new Map<string, Type>()
  /** Those that were not found, and when that may be asked again: the client caches no 404. */
  readonly #unknown = new Map<string, { readonly untilMs: number; readonly error: CourantError }>()

  constructor(client: RegistryClient.SchemaRegistry, proof: RegistryProof) {
    this.#client = client
    this.#proof = proof
  }

  async idOf(subject: string, schema: RecordSchema): Promise<number> {
    try {
      return await this.#client.getRegistryIdBySchema(subject, avroSchema(schema))
    } catch (error) {
      if (!isNotFound(error) && !isNoSuchSchema(error)) throw translated(error)
      await this.#proof.ofRegistry()
      throw new CourantError('SCHEMA_MISSING', missing(subject), { cause: error, details: { subject } })
    }
  }

  async typeOf(id: number, subject: string): Promise<Type> {
    const place = `${subject} ${id}`
    const known = this.#types.get(place)
    if (known) return known
    const unknown = this.#unknown.get(place)
    if (unknown && unknown.untilMs > performance.now()) throw unknown.error
    try {
      const type = await this.#fetch(id, subject)
      // Whoever may register a schema anywhere does not say with it how records of this topic are read.
      if (!(await this.#proof.isOfSubject(id, subject))) throw foreignSchema(id, subject)
      this.#types.set(place, type)
      return type
    } catch (error) {
      if (error instanceof CourantError && error.code === 'SCHEMA_UNKNOWN') this.#noteUnknown(place, error)
      throw error
    }
  }

  #noteUnknown(place: string, error: CourantError): void {
    // Records of a hostile sender may name any number of them.
    if (this.#unknown.size >= mostUnknown) this.#unknown.clear()
    this.#unknown.set(place, { untilMs: performance.now() + unknownForMs, error })
  }

  async #fetch(id: number, subject: string): Promise<Type> {
    try {
      const type: unknown = await this.#client.getSchema(id)
      if (avro.Type.isType(type)) return withPlainRecords(type as Type)
      throw unknownSchema(id, new Error('it is not an Avro schema'))
    } catch (error) {
      // An answer that stays what it is: a record with this id is set aside, not tried for ever.
      if (!isNotFound(error) && !isUnreadable(error)) throw translated(error)
      await this.#proof.ofUnknown(id, subject)
      throw unknownSchema(id, error)
    }
  }

  async versionsOf(subject: string): Promise<readonly Type[]> {
    const found: Type[] = []
    try {
      for (let version = 1; ; version++)
        found.push(await this.typeOf(await this.#client.getRegistryId(subject, version), subject))
    } catch (error) {
      if (isNotFound(error)) return found
      throw error instanceof CourantError ? error : translated(error)
    }
  }

  async register(subject: string, schema: RecordSchema): Promise<number> {
    try {
      const compatibility = client.COMPATIBILITY.BACKWARD_TRANSITIVE
      const { id } = await this.#client.register(avroSchema(schema), { subject, compatibility })
      return id
    } catch (error) {
      throw statusOf(error) === 409 || (error instanceof Error && /ompatibility/.test(error.name))
        ? incompatible(subject, error)
        : translated(error)
    }
  }
}

/** The sentence for a schema nobody registered. */
export const missing = (subject: string) =>
  `The schema of ${subject} is not registered as this program has it: run \`courant topics apply\``

/** SCHEMA_UNKNOWN for an id that a record names. */
export const unknownSchema = (id: number, cause?: unknown) =>
  new CourantError('SCHEMA_UNKNOWN', `The registry has no Avro schema ${id}`, {
    ...(cause !== undefined && { cause }),
    details: { schemaId: id }
  })

/** SCHEMA_UNKNOWN for an id that is no version of the topic's subject. */
export const foreignSchema = (id: number, subject: string) =>
  new CourantError('SCHEMA_UNKNOWN', `Schema ${id} is no version of ${subject}`, {
    details: { schemaId: id, subject }
  })

/** SCHEMA_INCOMPATIBLE for a schema that breaks readers of what is in the topic. */
export const incompatible = (subject: string, cause: unknown) =>
  new CourantError(
    'SCHEMA_INCOMPATIBLE',
    `The schema of ${subject} cannot read what was written before: give new fields a default, and neither rename nor retype old ones`,
    { cause, details: { subject } }
  )

const avroSchema = (schema: RecordSchema) =>
  ({ type: client.SchemaType.AVRO, schema: JSON.stringify(schema) }) as const

function statusOf(error: unknown): number | undefined {
  const status = (error as { status?: unknown }).status
  return typeof status === 'number' ? status : undefined
}

const isNotFound = (error: unknown) => statusOf(error) === 404

/** The registry answered, but not with a schema of ours: the client's own errors, and what we make of its answer. */
const isUnreadable = (error: unknown) =>
  error instanceof CourantError ||
  (error instanceof Error && error.name.startsWith('ConfluentSchemaRegistry'))

// The client wraps the 404 of a look-up by schema and loses its status.
const isNoSuchSchema = (error: unknown) => (error as Error).name === 'ConfluentSchemaRegistryError'

/** The one place where errors of the registry's client become ours. */
function translated(error: unknown): CourantError {
  const status = statusOf(error)
  if (status === 401 || status === 403)
    return new CourantError(
      'TOPICS_REFUSED',
      'The schema registry refuses us: check COURANT_REGISTRY_USERNAME and COURANT_REGISTRY_PASSWORD',
      { cause: error }
    )
  if (status === 422)
    return new CourantError('SCHEMA_INCOMPATIBLE', 'The schema registry does not accept the schema', {
      cause: error
    })
  return unavailable(error, { status })
}
