/** The parts of a URL such as mssql://user:password@host\instance:port/database?option=value. */
export interface ConnectionUrl {
  readonly scheme: 'postgres' | 'mssql'
  readonly user: string
  readonly password: string
  readonly host: string
  /** A named instance of SQL Server. */
  readonly instance: string | null
  readonly port: number | null
  readonly database: string
  readonly options: URLSearchParams
}

/** What is said of a text that is none. */
export const urlForm = String.raw`must be like postgres://user:password@host:5432/database, mssql://user:password@host:1433/database or mssql://user:password@host\instance/database`

const shape =
  /^(postgres|postgresql|mssql|sqlserver):\/\/(?:([^]*)@)?(\[[0-9a-f:.]+\]|[^\\:/?@\s]+)(?:\\([^:/?@\s]+))?(?::(\d{1,5}))?(?:\/([^?]*))?(?:\?([^]*))?$/i

/** Null when the text is none. User and password may hold any character, as it is or percent-encoded. */
export function parseConnectionUrl(text: string): ConnectionUrl | null {
  const found = shape.exec(text)
  if (!found) return null
  const [, scheme = '', login = '', host = '', instance, port, database = '', query = ''] = found
  const colon = login.indexOf(':')
  const [user, password] = colon === -1 ? [login, ''] : [login.slice(0, colon), login.slice(colon + 1)]
  return {
    scheme: scheme.toLowerCase().startsWith('postgres') ? 'postgres' : 'mssql',
    user: decoded(user),
    password: decoded(password),
    host: host.replaceAll(/[[\]]/g, ''),
    instance: instance ?? null,
    port: port === undefined ? null : Number(port),
    database: decoded(database) || 'ods',
    options: new URLSearchParams(query)
  }
}

/** A percent sign that encodes nothing stands for itself. */
const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
