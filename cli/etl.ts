import type { Command } from 'commander'
import { cacheCommand } from './etl/cache.ts'
import { healthCommand } from './etl/health.ts'
import { loadCommand } from './etl/load.ts'
import { grantsCommand } from './etl/grants.ts'
import { migrateCommand } from './etl/migrate.ts'
import { preflightCommand } from './etl/preflight.ts'
import { profileCommand } from './etl/profile.ts'
import { runCommand } from './etl/run.ts'
import { runsCommand } from './etl/runs.ts'
import { sampleCommand } from './etl/sample.ts'
import { syncCommand } from './etl/sync.ts'
import { validateCommand } from './etl/validate.ts'

/** `courant etl …`: copies the ERP (Progress OpenEdge) into the ODS, and operates that. */
export function etlCommand(program: Command): void {
  const etl = program.command('etl')
  const verbs = [
    syncCommand,
    loadCommand,
    runCommand,
    runsCommand,
    preflightCommand,
    validateCommand,
    profileCommand,
    healthCommand,
    cacheCommand,
    migrateCommand,
    grantsCommand,
    sampleCommand
  ]
  for (const register of verbs) register(etl)
}
