import { Client } from 'pg'
import { sharedStack } from './stack.ts'

/** Runs a statement on the shared server outside of any test's database: a test makes and drops its own so. */
export async function asAdmin(statement: string): Promise<void> {
  const { PGHOST: host = '', PGPORT: port, PGUSER: user, PGPASSWORD: password } = sharedStack('postgres')
  const admin = new Client({ host, port: Number(port), user, password, database: 'postgres' })
  await admin.connect()
  try {
    await admin.query(statement)
  } finally {
    await admin.end()
  }
}
