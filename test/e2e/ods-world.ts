import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Pool } from 'pg'
import { createErp } from '../../local/sample/erp/create-erp.ts'
import { erpConnectionString } from '../../local/sample/erp/erp-connection.ts'
import { type ErpTableName, erpTable } from '../../local/sample/erp/erp-tables.ts'
import type { Running } from '../../local/server.ts'
import { type Stack, startStack } from '../../local/stack.ts'
import { settingsFrom } from '../../runtime/settings.ts'
import { parseEtlTable } from '../../schemas/erp/metadata.ts'
import { addEtlTable } from '../../sinks/ods/metadata.ts'
import { migrate } from '../../sinks/ods/migrate.ts'
import { openOds } from '../../sinks/ods/open-ods.ts'
import { CourantProcess } from '../support/courant-process.ts'
import { ownEnv } from '../support/stack.ts'

/** An ERP, Kafka with its registry, and an ODS on a server of its own, each of which may be killed. */
export interface OdsWorld {
  readonly env: Readonly<Record<string, string>>
  /** The ERP's database; its views are in schema PUB. */
  readonly erp: Pool
  /** The ODS's database; it survives a restart of its server. */
  readonly ods: Pool
  readonly kafka: Running
  readonly odsServer: Running
  /** A process that loads a table, not started yet. */
  loader(table: string, mode: string): CourantProcess
  /** A process that follows a table until it is told to stop, not started yet. */
  watcher(table: string): CourantProcess
  close(): Promise<void>
}

/** Starts two sets of servers, and configures one table of the sample. */
export async function startOdsWorld(table: ErpTableName): Promise<OdsWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'courant-ods-'))
  // PostgreSQL runs as another user when the tests run as root, and has to get through.
  chmodSync(folder, 0o755)
  const stacks: Stack[] = []
  const start = async (name: string, servers: readonly ('kafka' | 'registry' | 'postgres')[]) => {
    const dataDir = join(folder, name)
    const stack = await startStack({ servers, dataDir, ports: 'free', env: ownEnv(dataDir) })
    stacks.push(stack)
    return stack
  }
  const close = async () => {
    for (const stack of stacks) await stack.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    const main = await start('main', ['kafka', 'registry', 'postgres'])
    const target = await start('target', ['postgres'])
    return await worldOn({ main, target, folder, table, close })
  } catch (error) {
    await close()
    throw error
  }
}

interface Parts {
  readonly main: Stack
  readonly target: Stack
  readonly folder: string
  readonly table: ErpTableName
  readonly close: () => Promise<void>
}

async function worldOn({ main, target, folder, table, close }: Parts): Promise<OdsWorld> {
  const env = envOf(main, target, folder)
  const erp = poolOn(main, 'postgres')
  await createErp(erp)
  const database = openOds(settingsFrom(env))
  await migrate(database)
  await addEtlTable(database, parseEtlTable({ TableName: table, ...erpTable(table).config }))
  await database.close()
  const ods = poolOn(target, 'ods')
  let loads = 0
  return {
    env,
    erp,
    ods,
    kafka: runningOf(main, 'kafka'),
    odsServer: runningOf(target, 'postgres'),
    loader(name, mode) {
      const logFile = join(folder, 'logs', `load-${++loads}.log`)
      return new CourantProcess(`load ${loads}`, { args: ['etl', 'load', name, mode], env, logFile })
    },
    watcher(name) {
      return new CourantProcess('watch', {
        args: ['etl', 'run', '--mode', 'watch', '--filter', name],
        env: { ...env, COURANT_PROGRESS_POLL_MS: '300', COURANT_OPERATOR_PORT: '0' },
        logFile: join(folder, 'logs', 'watch.log')
      })
    },
    async close() {
      await Promise.all([erp.end(), ods.end()])
      await close()
    }
  }
}

function envOf(main: Stack, target: Stack, folder: string): Record<string, string> {
  const { PGHOST = '', PGPORT = '', PGUSER = '', PGPASSWORD = '' } = main.env
  const login = { host: PGHOST, port: PGPORT, user: PGUSER, password: PGPASSWORD }
  return {
    PATH: process.env['PATH'] ?? '',
    ...main.env,
    COURANT_PROGRESS_ODBC: erpConnectionString({ ...login, database: 'postgres' }),
    COURANT_ODS_URL: `postgres://${target.env['PGUSER']}:${target.env['PGPASSWORD']}@127.0.0.1:${target.env['PGPORT']}/ods`,
    COURANT_DATA_DIR: folder,
    COURANT_STATE_DIR: join(folder, 'state'),
    COURANT_ODS_CACHE_DIR: join(folder, 'cache')
  }
}

function poolOn({ env }: Stack, database: string): Pool {
  const { PGHOST: host, PGPORT: port, PGUSER: user, PGPASSWORD: password } = env
  const pool = new Pool({ host, port: Number(port), user, password, database, max: 2 })
  // A connection that a killed server ended is replaced at the next query.
  pool.on('error', () => undefined)
  return pool
}

function runningOf(stack: Stack, name: 'kafka' | 'postgres'): Running {
  const server = stack.servers.get(name)
  if (!server) throw new Error(`${name} was not started`)
  return server
}
