import type { SqlTarget } from '../targets.ts'

/** The tables of a recruitment back end, with the names that producers/applications/mapping.json expects. */
const statements = [
  `CREATE TABLE IF NOT EXISTS "user" (
    id uuid PRIMARY KEY, email text, first_name text, last_name text, phone text, address text, matricule text,
    post text, experience text)`,
  `CREATE TABLE IF NOT EXISTS candidate_profile (
    id uuid PRIMARY KEY, user_id uuid NOT NULL UNIQUE REFERENCES "user", skills jsonb, expected_salary jsonb,
    linkedin text, portfolio text, education jsonb)`,
  `CREATE TABLE IF NOT EXISTS job_offer (
    id uuid PRIMARY KEY, title text NOT NULL, description text, location text, mtp_questions jsonb)`,
  `CREATE TABLE IF NOT EXISTS application (
    id uuid PRIMARY KEY, candidate_id uuid NOT NULL REFERENCES "user", job_offer_id uuid NOT NULL REFERENCES job_offer,
    status text NOT NULL, mtp_answers jsonb, has_been_manager boolean, ref_entreprise text, ref_fullname text,
    ref_mail text, ref_contact text, created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz)`,
  'CREATE INDEX IF NOT EXISTS application_updated ON application (updated_at)',
  `CREATE TABLE IF NOT EXISTS application_documents (
    id uuid PRIMARY KEY, application_id uuid NOT NULL REFERENCES application, kind text NOT NULL,
    filename text NOT NULL, content bytea)`,
  'CREATE INDEX IF NOT EXISTS application_documents_application ON application_documents (application_id)'
]

/** Creates the tables where they are missing. */
export async function createApplicationTables(pg: SqlTarget): Promise<void> {
  for (const statement of statements) await pg.query(statement)
}
