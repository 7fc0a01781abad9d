import { edgeSettings } from '../edge/app.ts'
import { operatorSettings } from '../edge/operator.ts'
import { deadLetterClearMs } from '../runtime/alerts/dead-letter-alerts.ts'
import { logLevel } from '../runtime/observability.ts'
import { acceptedRisks } from '../runtime/process/production.ts'
import { settingsOf } from '../runtime/loop/run-all.ts'
import type { Environment, Setting } from '../runtime/settings.ts'
import { alertSettings } from '../runtime/alerts/teams-alerts.ts'
import { loadedSystems, systemsSetting } from '../systems/loaded.ts'
import { kafkaSecuritySettings } from '../topics/kafka/client.ts'
import { planSettings } from '../topics/plan.ts'
import { pipelines } from './pipelines.ts'

/** What pipelines, the HTTP servers and the commands read, each once. */
export function allSettings(): readonly Setting[] {
  const all = [
    // First: of a variable that several read, the last one says what it is for.
    ...settingsOf(loadedSystems.flatMap(({ runTime }) => runTime?.patterns ?? [])),
    ...settingsOf(pipelines),
    ...loadedSystems.flatMap(({ settings = [], routes }) => [...settings, ...(routes?.settings ?? [])]),
    ...kafkaSecuritySettings,
    ...planSettings,
    ...edgeSettings,
    ...operatorSettings,
    systemsSetting,
    acceptedRisks,
    ...alertSettings,
    deadLetterClearMs,
    logLevel
  ]
  return [...new Map(all.map((setting) => [setting.env, setting])).values()]
}

/** What only the local servers and the tests read. */
const elsewhere = /^COURANT_(LOCAL_|TEST_|DATA_DIR$|CACHE_DIR$|YES$)/

/** A sentence for each variable that is named like a setting and is none: misspelt, it would silently mean nothing. */
export function unknownSettings(env: Environment): string[] {
  const known = new Set(allSettings().flatMap(({ env: name }) => [name, `${name}_FILE`]))
  return Object.keys(env)
    .filter((name) => name.startsWith('COURANT_') && !known.has(name) && !elsewhere.test(name))
    .sort()
    .map((name) => `${name} is no setting, and nothing reads it; docs/generated/settings.md has them all`)
}
