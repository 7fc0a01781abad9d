import type { OdsRole } from '../roles.ts'

const all = 'config, etl, stg, ods'

const rights: Readonly<Record<OdsRole, readonly string[]>> = {
  // Tables are changed by their owner only, so whoever loads owns them.
  loader: ['config', 'etl', 'stg', 'ods'].map((schema) => `GRANT USAGE, CREATE ON SCHEMA ${schema} TO`),
  operator: [
    'GRANT USAGE ON SCHEMA config, etl, ods TO',
    'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA config TO',
    'GRANT SELECT ON ALL TABLES IN SCHEMA etl, ods TO',
    'GRANT EXECUTE ON ALL PROCEDURES IN SCHEMA etl TO',
    'ALTER DEFAULT PRIVILEGES IN SCHEMA ods GRANT SELECT ON TABLES TO'
  ],
  reader: [
    'GRANT USAGE ON SCHEMA ods TO',
    'GRANT SELECT ON ALL TABLES IN SCHEMA ods TO',
    'ALTER DEFAULT PRIVILEGES IN SCHEMA ods GRANT SELECT ON TABLES TO'
  ]
}

/** What gives a user the rights of a role. Default privileges are of whoever makes the tables: run those as the loader. */
export function postgresGrants(role: OdsRole, user: string): readonly string[] {
  const name = `"${user.replaceAll('"', '""')}"`
  return [
    ...all.split(', ').map((schema) => `CREATE SCHEMA IF NOT EXISTS ${schema};`),
    ...rights[role].map((right) => `${right} ${name};`)
  ]
}
