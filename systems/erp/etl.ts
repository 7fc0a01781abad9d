import type { Command } from 'commander'
import { adoptCommand } from './adopt.ts'
import { cacheCommand } from './cache.ts'
import { healthCommand } from './health/health.ts'
import { loadCommand } from './load/load.ts'
import { grantsCommand } from './grants.ts'
import { migrateCommand } from './migrate.ts'
import { preflightCommand } from './preflight.ts'
import { profileCommand } from './profile/profile.ts'
import { runCommand } from './run.ts'
import { runsCommand } from './runs.ts'
import { sampleCommand } from './sample.ts'
import { syncCommand } from './sync.ts'
import { validateCommand } from './compare/validate.ts'

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
    adoptCommand,
    grantsCommand,
    sampleCommand
  ]
  for (const register of verbs) register(etl)
}
