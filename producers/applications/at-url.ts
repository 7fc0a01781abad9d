import { type Setting, type Settings, settingsFrom } from '../../runtime/settings.ts'

/** The same settings with the database of a URL in place of PG*'s; all of PG*'s when it is empty. */
export function atUrl(settings: Settings, url: string): Settings {
  if (url === '') return settings
  const { hostname, port, username, password, pathname, searchParams } = new URL(url)
  const env: Record<string, string> = {
    PGHOST: hostname,
    PGPORT: port || '5432',
    PGUSER: decodeURIComponent(username),
    PGPASSWORD: decodeURIComponent(password),
    PGDATABASE: decodeURIComponent(pathname.slice(1)),
    ...(searchParams.has('sslmode') && { PGSSLMODE: searchParams.get('sslmode') ?? '' })
  }
  const named = settingsFrom(env)
  const of = (setting: Setting) => (setting.env in env ? named : settings)
  return {
    text: (setting) => of(setting).text(setting),
    number: (setting) => of(setting).number(setting),
    optional: (setting) => of(setting).optional(setting)
  }
}
