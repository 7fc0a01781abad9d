import { postgresTls } from '../../runtime/postgres-tls.ts'
import { CourantError } from '../../runtime/errors.ts'
import type { Settings } from '../../runtime/settings.ts'
import { parseConnectionUrl, urlForm } from './connection-url.ts'
import type { OdsDatabase } from './ods-database.ts'
import { postgresDatabase } from './postgres/postgres-database.ts'
import { odsSettings } from './settings.ts'
import type { MergeWay } from './sqlserver/merge-ability.ts'
import { sqlServerLogin } from './sqlserver/target.ts'
import { sqlServerDatabase } from './sqlserver/sqlserver-database.ts'

/** The ODS that COURANT_ODS_URL names, or the database `ods` of the PostgreSQL that PGHOST names. Connects when used. */
export function openOds(settings: Settings): OdsDatabase {
  const text = settings.text(odsSettings.url)
  const statementTimeoutMs = settings.number(odsSettings.statementTimeoutMs)
  if (text === '')
    return postgresDatabase({
      host: settings.text(odsSettings.host),
      port: settings.number(odsSettings.port),
      user: settings.text(odsSettings.user),
      password: settings.text(odsSettings.password),
      database: 'ods',
      tls: postgresTls(settings),
      statementTimeoutMs
    })
  const url = parseConnectionUrl(text)
  if (!url) throw new CourantError('CONFIG_INVALID', `COURANT_ODS_URL ${urlForm}`)
  if (url.scheme === 'postgres') {
    const { host, user, password, database, port, options } = url
    const tls = postgresTls(settings, options.get('sslmode'))
    return postgresDatabase({
      host,
      user,
      password,
      database,
      tls,
      statementTimeoutMs,
      port: port ?? 5432
    })
  }
  return sqlServerDatabase({
    ...sqlServerLogin(url),
    statementTimeoutMs,
    bulkRows: settings.number(odsSettings.bulkRows),
    mergeWay: settings.text(odsSettings.merge) as MergeWay
  })
}
