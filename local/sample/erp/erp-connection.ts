/** How a PostgreSQL that looks like OpenEdge is reached. */
export interface ErpServer {
  readonly host: string
  readonly port: string
  readonly user: string
  readonly password: string
  readonly database: string
}

/**
 * The ODBC connection string of a PostgreSQL that looks like OpenEdge: psqlodbc with a cursor at the server, so that a
 * large table does not come into memory whole, and booleans as bits.
 */
export function erpConnectionString({ host, port, user, password, database }: ErpServer): string {
  const parts = {
    Driver: '{PostgreSQL ANSI}',
    Server: host,
    Port: port,
    Database: database,
    Uid: user,
    Pwd: `{${password.replaceAll('}', '}}')}}`,
    UseDeclareFetch: '1',
    Fetch: '250',
    BoolsAsChar: '0',
    ConnSettings: "{SET client_encoding TO 'UTF8'}"
  }
  return Object.entries(parts)
    .map(([name, value]) => `${name}=${value}`)
    .join(';')
}
