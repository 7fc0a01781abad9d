import { databaseUrl } from '../producers/applications/settings.ts'
import type { AnyPipeline } from '../runtime/pipeline.ts'
import type { Environment, Setting } from '../runtime/settings.ts'
import { webhookSecret } from '../systems/applications/webhook-settings.ts'

export const systems: Setting = {
  env: 'COURANT_SYSTEMS',
  describe:
    'Systems whose pipelines run, separated by commas, such as activity,applications; when empty, those that are configured',
  default: ''
}

/** What switches a system on by being set, were it to nothing; a system that is not here is always on. */
const switches: Readonly<Record<string, readonly Setting[]>> = {
  applications: [databaseUrl, webhookSecret]
}

/** The system a pipeline is of: the first word of its topics. */
export function systemOf({ reads, writes }: AnyPipeline): string {
  const [topic = ''] = [...writes, ...reads]
  return topic.split('.')[0] ?? ''
}

/** Whether the environment asks for a system, by name or by what it configures. */
export function isOn(system: string, env: Environment): boolean {
  const named = namedSystems(env)
  if (named.length > 0) return named.includes(system)
  const settings = switches[system]
  return settings === undefined || settings.some((setting) => isSet(setting, env))
}

/** The systems that the environment names. */
export const namedSystems = (env: Environment): readonly string[] =>
  (env[systems.env] ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean)

/** What to do to run a system that is off. */
export function howToSwitchOn(system: string, env: Environment): string {
  const names = (switches[system] ?? []).map((setting) => setting.env)
  return namedSystems(env).length > 0 || names.length === 0
    ? `${system} is off: name it in ${systems.env}`
    : `${system} is off: set ${names.join(' or ')}, or name it in ${systems.env}`
}

const isSet = ({ env: name }: Setting, env: Environment) =>
  env[name] !== undefined || env[`${name}_FILE`] !== undefined
