import { sslMode, sslRootCert } from '../../runtime/postgres-tls.ts'
import { inClear, passwordIn } from '../../runtime/production.ts'
import type { Setting } from '../../runtime/settings.ts'

export const cvDatabaseUrl: Setting = {
  env: 'COURANT_CV_DATABASE_URL',
  describe:
    'PostgreSQL database of the CV service, as postgres://user:password@host:port/database; it is off without',
  secret: true,
  default: '',
  check: (text) =>
    text === '' || /^postgres(ql)?:$/.test(URL.parse(text)?.protocol ?? '')
      ? null
      : 'must begin with postgres:// and be a URL (special characters in the password as %XX)',
  risks: (settings, env) => {
    const url = settings.text(cvDatabaseUrl)
    const mode = URL.parse(url)?.searchParams.get('sslmode') ?? settings.text(sslMode)
    return [
      ...inClear('cv-plaintext', {
        addresses: [url],
        isEncrypted: mode !== 'disable',
        remedy: `end ${cvDatabaseUrl.env} with ?sslmode=verify-full`
      }),
      ...(URL.parse(env[cvDatabaseUrl.env] ?? '')?.password
        ? [passwordIn('cv-password-in-url', cvDatabaseUrl)]
        : [])
    ]
  }
}

export const jobStoreSettings: readonly Setting[] = [cvDatabaseUrl, sslMode, sslRootCert]
