import type mssql from 'mssql'
import { driver } from './driver.ts'
import { CourantError } from '../../../runtime/errors.ts'
import { fileNamedBy, type Setting } from '../../../runtime/settings.ts'
import type { SqlServerLogin } from './target.ts'
import { translateError } from './translate-error.ts'

/** Error "Cannot open database requested by the login": it is not there, or not yet, or not for us. */
const notOpened = 4060

/** Asks `master` for the state of a database. */
export const databaseState = 'SELECT state_desc AS state FROM sys.databases WHERE name = @name;'

/** Connections to one database of a SQL Server; what goes wrong when one is made is told in words. */
export class Connections {
  readonly #login: SqlServerLogin & { readonly statementTimeoutMs: number }
  readonly #pool: mssql.ConnectionPool
  /** Numbers of the errors that the server sent in answer to the last login; the driver keeps only its words. */
  #refused: number[] = []

  constructor(login: SqlServerLogin & { readonly statementTimeoutMs: number }) {
    this.#login = login
    this.#pool = new driver.ConnectionPool({
      ...configOf(login),
      beforeConnect: (connection) => {
        this.#refused = []
        const note = ({ number }: { number: number }) => void this.#refused.push(number)
        connection.on('errorMessage', note)
        connection.once('connect', () => connection.off('errorMessage', note))
      }
    })
    // A connection that is lost while idle is replaced by the pool; one in use fails its statement.
    this.#pool.on('error', () => undefined)
  }

  async pool(): Promise<mssql.ConnectionPool> {
    try {
      return await this.#pool.connect()
    } catch (error) {
      const cause = translateError(error, 'let us in', this.#refused)
      throw this.#refused.includes(notOpened) ? await this.#whyNotOpened(cause) : cause
    }
  }

  close(): Promise<void> {
    return this.#pool.close()
  }

  /** Asks `master` what is the matter with the database; `cause` when we may not know. */
  async #whyNotOpened(cause: unknown): Promise<unknown> {
    const { database } = this.#login
    const master = new driver.ConnectionPool({ ...configOf({ ...this.#login, database: 'master' }) })
    try {
      await master.connect()
      const { recordset } = await master
        .request()
        .input('name', database)
        .query<{ state: string }>(databaseState)
      return stateError(database, recordset[0]?.state ?? null)
    } catch {
      return cause
    } finally {
      await master.close().catch(() => undefined)
    }
  }
}

function stateError(database: string, state: string | null): CourantError {
  const details = { number: notOpened, isOfServer: true }
  const refused = (what: string) => new CourantError('TARGET_REFUSED', what, { details })
  if (state === null)
    return refused(
      `SQL Server has no database '${database}': create it, or correct COURANT_ODS_URL (a login sees only databases that it may)`
    )
  if (state === 'ONLINE')
    return refused(
      `The login of COURANT_ODS_URL has no user in the database '${database}': CREATE USER … FOR LOGIN … in it; \`courant etl grants\` prints how`
    )
  if (/OFFLINE|SUSPECT|EMERGENCY/.test(state))
    return refused(`The database '${database}' is ${state}: let its administrator bring it online`)
  return new CourantError(
    'TARGET_UNAVAILABLE',
    `The database '${database}' is ${state}: it is waited for until it is online`,
    { details }
  )
}

function configOf(login: SqlServerLogin & { readonly statementTimeoutMs: number }): mssql.config {
  return {
    server: login.host,
    database: login.database,
    requestTimeout: login.statementTimeoutMs,
    connectionTimeout: 10_000,
    pool: { max: 4, idleTimeoutMillis: 10_000 },
    ...authentication(login),
    options: {
      ...(login.instance === null ? { port: login.port } : { instanceName: login.instance }),
      appName: 'courant ods',
      // The types of the driver do not know TDS 8 yet.
      encrypt: login.encrypt as boolean,
      trustServerCertificate: login.isCertificateTrusted,
      multiSubnetFailover: login.isMultiSubnet,
      ...(login.ca !== null && {
        cryptoCredentialsDetails: { ca: fileNamedBy({ env: 'COURANT_ODS_URL' } as Setting, login.ca) }
      }),
      useUTC: true,
      enableArithAbort: true,
      abortTransactionOnError: true
    }
  }
}

function authentication({ authentication: kind, user, password, domain }: SqlServerLogin): object {
  switch (kind) {
    case 'sql':
      return { user, password }
    case 'ntlm':
      return { user, password, domain: domain ?? '' }
    case 'entra-default':
      return { authentication: { type: 'azure-active-directory-default', options: { clientId: user } } }
    default:
      return {
        authentication: {
          type: 'azure-active-directory-service-principal-secret',
          options: { clientId: user, clientSecret: password, tenantId: domain ?? '' }
        }
      }
  }
}
