import { postgresTls } from '../../runtime/postgres-tls.ts'
import type { Settings } from '../../runtime/settings.ts'
import type { OdsDatabase } from './ods-database.ts'
import { postgresDatabase } from './postgres/postgres-database.ts'
import { odsSettings } from './settings.ts'
import type { MergeWay } from './sqlserver/merge-ability.ts'
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
  const url = new URL(text)
  const named = {
    host: decodeURIComponent(url.hostname),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)) || 'ods',
    statementTimeoutMs
  }
  if (url.protocol.startsWith('postgres')) {
    const tls = postgresTls(settings, url.searchParams.get('sslmode'))
    return postgresDatabase({ ...named, port: Number(url.port || 5432), tls })
  }
  return sqlServerDatabase({
    ...named,
    port: Number(url.port || 1433),
    isEncrypted: url.searchParams.get('encrypt') !== 'false',
    isCertificateTrusted: url.searchParams.get('trustServerCertificate') === 'true',
    bulkRows: settings.number(odsSettings.bulkRows),
    mergeWay: settings.text(odsSettings.merge) as MergeWay
  })
}
