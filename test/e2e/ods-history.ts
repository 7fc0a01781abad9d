/** A version of a row as a table with history keeps it. */
export interface Version {
  readonly key: string
  readonly hash: string
  readonly validFrom: string
  /** Null while it is the current one. */
  readonly validTo: string | null
  readonly isCurrent: boolean
  readonly isDeleted: boolean
}

/** What is wrong with a table's history: gaps, overlaps, versions without a change, keys without one current version. */
export function historyProblems(versions: readonly Version[]): string[] {
  const byKey = Map.groupBy(versions, ({ key }) => key)
  return [...byKey].flatMap(([key, own]) => {
    const ordered = own.toSorted((a, b) => (a.validFrom < b.validFrom ? -1 : 1))
    return [...currentProblems(ordered), ...neighbourProblems(ordered)].map((problem) => `${key}: ${problem}`)
  })
}

function currentProblems(versions: readonly Version[]): string[] {
  const problems: string[] = []
  const current = versions.filter(({ isCurrent }) => isCurrent)
  if (current.length !== 1) problems.push(`${current.length} current versions`)
  if (versions.at(-1)?.isCurrent === false) problems.push('the newest version is not the current one')
  if (versions.some(({ isCurrent, validTo }) => isCurrent !== (validTo === null)))
    problems.push('valid_to and is_current disagree')
  return problems
}

function neighbourProblems(versions: readonly Version[]): string[] {
  return versions.slice(1).flatMap((version, n) => {
    const before = versions[n] as Version
    const problems: string[] = []
    if (before.validTo === null || before.validTo > version.validFrom) problems.push('versions overlap')
    else if (before.validTo < version.validFrom) problems.push('a gap between versions')
    if (before.hash === version.hash && before.isDeleted === version.isDeleted)
      problems.push('a version without a change')
    return problems
  })
}
