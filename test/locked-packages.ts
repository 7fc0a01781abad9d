import { readFileSync } from 'node:fs'

interface LockedPackage {
  readonly dev?: boolean
  readonly version?: string
  readonly integrity?: string
  readonly resolved?: string
  readonly license?: string
  readonly link?: boolean
}

/** Licences that let us ship what is under them; another one is looked at by a person before it comes in here. */
const allowed = new Set(['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0', 'ISC', 'MIT'])

/** Packages that do not say their licence where npm looks, and where it was read instead. */
const readElsewhere: Readonly<Record<string, string>> = {
  '@kafkajs/confluent-schema-registry': 'MIT, in the LICENSE of its repository',
  'png-js': 'MIT, in its LICENSE; of pdfkit, for tests only'
}

/**
 * What is wrong with the packages of package-lock.json, by name: one without a hash would be installed unseen, one from an
 * address of its own would not come from the registry that an installation is set to.
 */
export function lockProblems(lock: string = readFileSync('package-lock.json', 'utf8')): string[] {
  const { packages } = JSON.parse(lock) as { packages: Readonly<Record<string, LockedPackage>> }
  return Object.entries(packages)
    .filter(([path, { link }]) => path !== '' && link !== true)
    .flatMap(([path, locked]) => problemsOf(path, locked))
}

/** Licences of what only tests use: it is not shipped, and not changed. */
const allowedInTests = new Set(['MPL-2.0'])

function problemsOf(path: string, { integrity, resolved, license, dev = false }: LockedPackage): string[] {
  const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
  const problems: string[] = []
  if (!integrity?.startsWith('sha512-'))
    problems.push('has no SHA-512: take its entry out and run `npm install --package-lock-only`')
  if (resolved !== undefined && !/^https:\/\/registry\.[^/]+\/.*\.tgz$/.test(resolved))
    problems.push('comes from an address instead of a registry: take a released version')
  const isOfTests = dev && allowedInTests.has(license ?? '')
  if (!isOfTests && !(license === undefined ? name in readElsewhere : isAllowed(license)))
    problems.push(
      `is under ${license ?? 'no licence that npm sees'}: see docs/decisions/2026-11-30-locked-packages.md`
    )
  return problems.map((problem) => `${name} ${problem}`)
}

/** Of several to choose from, one is enough. */
const isAllowed = (license: string) =>
  license
    .replaceAll(/[()]/g, '')
    .split(' OR ')
    .some((one) => allowed.has(one.trim()))
