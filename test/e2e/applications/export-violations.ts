import { compareReads, type ReadMoment } from '../../../schemas/applications/newer.ts'

/** An application on one day, as `2026-11-22/<id>`: what blobs and rows are told apart by. */
export type Place = string

/** A version of an application as it lies in a topic. */
export interface Version {
  readonly place: Place
  /** `content_sha256`. */
  readonly hash: string
  readonly moment: ReadMoment
}

/** A version with the hashes of its claimed documents, sorted. */
export interface ClaimedVersion extends Version {
  readonly documents: string
}

/** All that is known after the dust has settled; what one application says is a canonical text. */
export interface ExportEvidence {
  /** Answered with 202. */
  readonly accepted: readonly Pick<Version, 'place' | 'hash'>[]
  readonly submitted: readonly Version[]
  readonly claimed: readonly ClaimedVersion[]
  /** What the database has now of the applications that were accepted. */
  readonly source: {
    readonly json: ReadonlyMap<Place, string>
    readonly documents: ReadonlyMap<Place, string>
  }
  readonly raw: {
    readonly hashes: ReadonlyMap<Place, string>
    readonly json: ReadonlyMap<Place, string>
    /** Hashes of the contents of the blobs, sorted. */
    readonly documents: ReadonlyMap<Place, string>
    /** What features can be compared with. */
    readonly facts: ReadonlyMap<Place, string>
  }
  readonly curated: {
    readonly hashes: ReadonlyMap<Place, string>
    readonly documents: ReadonlyMap<Place, string>
    readonly facts: ReadonlyMap<Place, string>
  }
  readonly features: {
    readonly facts: ReadonlyMap<Place, string>
    readonly rows: number
  }
  /** Versions that the function took, as `<id>.<hash>`. */
  readonly called: ReadonlySet<string>
  /** Keys of dead letters, as `<topic>/<id>`. */
  readonly deadLetters: readonly string[]
}

/** Every violation, one sentence each; none when all is well. Versions of `refused` ids may be dead letters of calls. */
export function exportViolations(evidence: ExportEvidence, refused: ReadonlySet<string>): string[] {
  const { submitted, claimed, source, raw, curated, features } = evidence
  const newest = newestHashes(submitted)
  return [
    ...lostVersions(evidence),
    ...differences(['versions that were submitted last', newest], ['raw', raw.hashes]),
    ...differences(['versions that were submitted last', newest], ['curated', curated.hashes]),
    ...differences(['the database', source.json], ['raw', pick(raw.json, source.json)]),
    ...differences(['the database', source.documents], ['documents', pick(raw.documents, source.documents)]),
    ...differences(['claimed documents', newestDocuments(claimed)], ['documents', raw.documents]),
    ...differences(['documents', raw.documents], ['curated', curated.documents]),
    ...differences(['raw', raw.facts], ['curated', curated.facts]),
    ...differences(['raw', raw.facts], ['features', features.facts]),
    ...report('rows of features are doubled', doubled(features)),
    ...misdirected(evidence, refused)
  ]
}

/** What was answered with 202 is in the topic, and what is there was claimed. */
function lostVersions({ accepted, submitted, claimed }: ExportEvidence): string[] {
  const identity = ({ place, hash }: Pick<Version, 'place' | 'hash'>) => `${place}.${hash}`
  const inTopic = new Set(submitted.map(identity))
  const wasClaimed = new Set(claimed.map(identity))
  return [
    ...report(
      'accepted versions are not in the topic',
      accepted.map(identity).filter((id) => !inTopic.has(id))
    ),
    ...report(
      'submitted versions were never claimed',
      [...inTopic].filter((id) => !wasClaimed.has(id))
    )
  ]
}

/** Calls of the function and dead letters: each claimed version is the one or, if it must be, the other. */
function misdirected({ claimed, called, deadLetters }: ExportEvidence, refused: ReadonlySet<string>) {
  const idOf = (text: string) => text.split('/').at(-1) ?? ''
  const uncalled = claimed
    .filter(({ place, hash }) => !refused.has(idOf(place)) && !called.has(`${idOf(place)}.${hash}`))
    .map(({ place }) => place)
  return [
    ...report('versions were not told to the function', uncalled),
    ...report(
      'dead letters should not be there',
      deadLetters.filter((letter) => !refused.has(idOf(letter)) || !letter.includes('-function'))
    ),
    ...report(
      'refused calls are in no dead-letter topic',
      [...refused].filter((id) => !deadLetters.some((letter) => idOf(letter) === id))
    )
  ]
}

const doubled = ({ facts, rows }: ExportEvidence['features']) =>
  rows > facts.size ? [`${rows} rows of ${facts.size} applications`] : []

function newest<T extends Version>(versions: readonly T[]): ReadonlyMap<Place, T> {
  const found = new Map<Place, T>()
  for (const version of versions) {
    const known = found.get(version.place)
    // Of reads of the same content the first is exported, and equal to the others.
    if (!known || compareReads(version.moment, known.moment) > 0) found.set(version.place, version)
  }
  return found
}

const newestHashes = (versions: readonly Version[]) =>
  new Map([...newest(versions)].map(([place, { hash }]) => [place, hash]))

const newestDocuments = (versions: readonly ClaimedVersion[]) =>
  new Map(
    [...newest(versions)]
      .map(([place, { documents }]) => [place, documents] as const)
      .filter(([, documents]) => documents !== '')
  )

const pick = (from: ReadonlyMap<Place, string>, places: ReadonlyMap<Place, string>) =>
  new Map([...from].filter(([place]) => places.has(place)))

/** What it is, as a noun, and what it says of each place. */
type Told = readonly [what: string, texts: ReadonlyMap<Place, string>]

function differences([wanted, expected]: Told, [where, found]: Told): string[] {
  const lost = [...expected.keys()].filter((place) => !found.has(place))
  const invented = [...found.keys()].filter((place) => !expected.has(place))
  const other = [...found.keys()].filter(
    (place) => expected.has(place) && expected.get(place) !== found.get(place)
  )
  return [
    ...report(`of ${wanted} are not in ${where}`, lost),
    ...report(`in ${where} are not of ${wanted}`, invented),
    ...report(`in ${where} differ from ${wanted}`, other)
  ]
}

function report(what: string, examples: readonly string[]): string[] {
  return examples.length === 0
    ? []
    : [`${examples.length} ${what}, such as ${examples.slice(0, 3).join(', ')}`]
}
