import { madeBySample, presentInPostgres, refuseOthersTables } from '../own-tables.ts'
import type { SqlTarget } from '../targets.ts'

/** The tables of a recruitment back end, with the names that producers/applications/mapping.json expects. */
const tables: Readonly<Record<string, string>> = {
  user: `CREATE TABLE "user" (
    id uuid PRIMARY KEY, email text, first_name text, last_name text, phone text, address text, matricule text,
    post text, experience text)`,
  candidate_profile: `CREATE TABLE candidate_profile (
    id uuid PRIMARY KEY, user_id uuid NOT NULL UNIQUE REFERENCES "user", skills jsonb, expected_salary jsonb,
    linkedin text, portfolio text, education jsonb)`,
  job_offer: `CREATE TABLE job_offer (
    id uuid PRIMARY KEY, title text NOT NULL, description text, location text, mtp_questions jsonb)`,
  application: `CREATE TABLE application (
    id uuid PRIMARY KEY, candidate_id uuid NOT NULL REFERENCES "user", job_offer_id uuid NOT NULL REFERENCES job_offer,
    status text NOT NULL, mtp_answers jsonb, has_been_manager boolean, ref_entreprise text, ref_fullname text,
    ref_mail text, ref_contact text, created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz);
    CREATE INDEX application_updated ON application (updated_at)`,
  application_documents: `CREATE TABLE application_documents (
    id uuid PRIMARY KEY, application_id uuid NOT NULL REFERENCES application, kind text NOT NULL,
    filename text NOT NULL, content bytea);
    CREATE INDEX application_documents_application ON application_documents (application_id)`
}

/** Creates the tables where they are missing; throws CONFIG_INVALID where one is there that the sample did not make. */
export async function createApplicationTables(pg: SqlTarget): Promise<void> {
  const names = Object.keys(tables)
  const found = await presentInPostgres(pg, { names, advice })
  refuseOthersTables([{ found, names }])
  // One string is one transaction, so that no table is without its comment.
  const statements = names
    .filter((name) => !found.comments.has(name))
    .flatMap((name) => [tables[name], `COMMENT ON TABLE "${name}" IS '${madeBySample}'`])
  await pg.query(statements.join(';\n'))
}

const advice = 'name an empty database in COURANT_APPLICATIONS_DATABASE_URL or PGDATABASE'
