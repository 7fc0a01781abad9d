import type { Command } from 'commander'
import { alertOnce, type ConditionNow } from '../../../runtime/alerts/alert-once.ts'
import { logOf } from '../../../runtime/observability.ts'
import { checkSettings } from '../../../runtime/settings.ts'
import { alertSettings, teamsTarget } from '../../../runtime/alerts/teams-alerts.ts'
import { print } from '../../../cli/verb/output.ts'
import { type EtlSession, withEtl } from '../etl-session.ts'
import { conditionsOf, type HealthFigures, totalOf } from './health-conditions.ts'
import { readHealth } from './health-figures.ts'
import { type Output, outputOption } from '../output-option.ts'

interface HealthOptions {
  readonly dryRun?: boolean
  readonly output: Output
}

/** `courant etl health`: what is late or fails too often, told to Teams once; else a summary of the day. */
export function healthCommand(etl: Command): void {
  etl
    .command('health')
    .description(
      'alert on SLA breaches and on more than 5 failures in 24 hours, else send the daily summary; exits with 1 when something is wrong'
    )
    .option('--dry-run', 'only say it here, alert nobody')
    .addOption(outputOption())
    .action(health)
}

async function health({ dryRun = false, output }: HealthOptions): Promise<void> {
  checkSettings(alertSettings, process.env)
  await withEtl(['ods'], async (session) => {
    const at = new Date()
    const figures = await readHealth(session.ods, at)
    const conditions = conditionsOf(figures, at)
    const told = dryRun ? [] : await tellTeams(session, conditions)
    const wrong = conditions.filter(({ name, alert }) => alert !== null && !name.startsWith('etl/summary'))
    if (output === 'json') print(JSON.stringify({ at, ...figures, conditions, told }, null, 2))
    else tell(figures, conditions, told)
    if (wrong.length > 0) process.exitCode = 1
  })
}

const tellTeams = ({ settings, logger, signal }: EtlSession, conditions: readonly ConditionNow[]) =>
  alertOnce(conditions, { ...teamsTarget(settings), log: logOf(logger, 'etl health'), signal })

function tell(
  { tables, last24h }: HealthFigures,
  conditions: readonly ConditionNow[],
  told: readonly string[]
): void {
  for (const { name, alert } of conditions)
    if (alert) print(`${alert.title}${told.includes(name) ? ' (told now)' : ''}\n  ${alert.text}`)
  print(
    `${tables.length} tables; in 24 hours ${last24h.succeeded} loads of ${last24h.rows.toLocaleString('en-US')} rows, ${totalOf(last24h.failures)} failed`
  )
}
