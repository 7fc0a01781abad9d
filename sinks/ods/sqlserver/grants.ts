import type { OdsRole } from '../roles.ts'
import { bracketed } from './types.ts'

const schemas = ['config', 'etl', 'stg', 'ods'] as const

// An administrator may run this before the first migration, so it makes the schemas that rights are given on.
const makeSchemas = schemas.map(
  (schema) => `IF SCHEMA_ID(N'${schema}') IS NULL EXEC (N'CREATE SCHEMA [${schema}]');`
)

/** https://learn.microsoft.com/sql/t-sql/statements/grant-schema-permissions-transact-sql; ALTER is for TRUNCATE, too. */
const rights: Readonly<Record<OdsRole, readonly string[]>> = {
  loader: [
    ...schemas.map(
      (schema) => `GRANT SELECT, INSERT, UPDATE, DELETE, ALTER, EXECUTE, REFERENCES ON SCHEMA::[${schema}] TO`
    ),
    'GRANT CREATE TABLE, CREATE VIEW, CREATE PROCEDURE, CREATE SCHEMA TO'
  ],
  operator: [
    'GRANT SELECT, INSERT, UPDATE, DELETE ON SCHEMA::[config] TO',
    'GRANT SELECT, EXECUTE ON SCHEMA::[etl] TO',
    'GRANT SELECT ON SCHEMA::[ods] TO'
  ],
  reader: ['GRANT SELECT ON SCHEMA::[ods] TO']
}

/** What gives a user the rights of a role, batch by batch; the user is made when a login of that name has none yet. */
export function sqlServerGrants(role: OdsRole, user: string): readonly string[] {
  const [name, text] = [bracketed(user), user.replaceAll("'", "''")]
  return [
    ...makeSchemas,
    `IF USER_ID(N'${text}') IS NULL CREATE USER ${name} FOR LOGIN ${name};`,
    ...rights[role].map((right) => `${right} ${name};`)
  ]
}
