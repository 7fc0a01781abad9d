import type { Environment } from '../runtime/settings.ts'
import type { Setting } from '../runtime/settings.ts'
import { systems as plugs } from './index.ts'
import type { System, SystemParts } from './system.ts'
import { tableDomains, tableSystem } from './tables.ts'

export interface LoadedSystem extends System, SystemParts {}

const named = new Set(plugs.map(({ name }) => name))
const all = [...plugs, ...tableDomains.filter((domain) => !named.has(domain)).map(tableSystem)]

/** Every system with its parts: those of systems/index.ts, and one for each domain that has only tables. */
export const loadedSystems: readonly LoadedSystem[] = await Promise.all(
  all.map(async (system) => ({ ...system, ...(await system.load()) }))
)

export const systemsSetting: Setting = {
  env: 'COURANT_SYSTEMS',
  describe:
    'Systems whose pipelines run, separated by commas, such as activity,applications; when empty, those that are configured',
  default: ''
}

/** The systems that the environment names. */
export const namedSystems = (env: Environment): readonly string[] =>
  (env[systemsSetting.env] ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean)

type Switched = Pick<LoadedSystem, 'name' | 'switches' | 'runsWith'>

/** Whether the environment asks for a system, by name or by what it configures. */
export function isOn({ name, switches, runsWith = [] }: Switched, env: Environment): boolean {
  const asked = namedSystems(env)
  if (asked.length > 0) return [name, ...runsWith].some((one) => asked.includes(one))
  return switches === undefined || switches.some((setting) => isSet(setting, env))
}

/** What to do to run a system that is off. */
export function howToSwitchOn({ name, switches = [] }: Switched, env: Environment): string {
  const names = switches.map((setting) => setting.env)
  return namedSystems(env).length > 0 || names.length === 0
    ? `${name} is off: name it in ${systemsSetting.env}`
    : `${name} is off: set ${names.join(' or ')}, or name it in ${systemsSetting.env}`
}

const isSet = ({ env: name }: Setting, env: Environment) =>
  env[name] !== undefined || env[`${name}_FILE`] !== undefined
