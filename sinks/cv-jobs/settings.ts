import { postgresUrl, sslMode, sslRootCert } from '../../runtime/postgres-tls.ts'
import type { Setting } from '../../runtime/settings.ts'

export const cvDatabaseUrl = postgresUrl({
  env: 'COURANT_CV_DATABASE_URL',
  describe:
    'PostgreSQL database of the CV service, as postgres://user:password@host:port/database; it is off without',
  risk: 'cv'
})

export const jobStoreSettings: readonly Setting[] = [cvDatabaseUrl, sslMode, sslRootCert]
