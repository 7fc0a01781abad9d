import type { Connection } from '../connection.ts'

// Of policies only those count that show every row: any other may show some today and others tomorrow.
const query = `
  WITH applied AS (
    SELECT polpermissive, pg_get_expr(polqual, polrelid) = 'true' AS shows_all FROM pg_policy
    WHERE polrelid = to_regclass($1) AND polcmd IN ('*', 'r')
      AND EXISTS (SELECT FROM unnest(polroles) AS role WHERE role = 0 OR pg_has_role(role, 'USAGE')))
  SELECT quote_ident(current_user),
    (SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
     WHERE attrelid = to_regclass($1) AND attname = ANY ($2::name[])
       AND NOT has_column_privilege(attrelid, attnum, 'SELECT')),
    (row_security_active(to_regclass($1)) AND NOT (
       EXISTS (SELECT FROM applied WHERE polpermissive AND shows_all)
       AND NOT EXISTS (SELECT FROM applied WHERE NOT polpermissive AND NOT shows_all)))::text`

/** What the role cannot read of a table, in columns or in rows, each with the statement that lets it. */
export async function rightsProblems(
  connection: Connection,
  { name, columns }: { readonly name: string; readonly columns: readonly string[] }
): Promise<string[]> {
  const [row] = await connection.rows(`the rights on ${name}`, query, [name, columns])
  const [role, denied, isHidden] = row ?? []
  return [
    ...(denied ? [`PGUSER may not read all it needs: GRANT SELECT (${denied}) ON ${name} TO ${role}`] : []),
    ...(isHidden === 'true'
      ? [
          `row-level security hides rows of it from PGUSER: ALTER ROLE ${role} BYPASSRLS, or ` +
            `CREATE POLICY courant ON ${name} FOR SELECT TO ${role} USING (true)`
        ]
      : [])
  ]
}
