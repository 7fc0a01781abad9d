import type {
  ApplicationRead,
  Candidate,
  ClaimedApplication,
  ClaimedDocument
} from '../types/applications.ts'

/** What the name of an application's JSON is made of; raw and curated have the same. */
interface Named {
  readonly application: { readonly id: string }
  readonly source: Pick<ApplicationRead, 'event_at_us'>
}

/** The UTC day on which the application last changed at the source, such as 2026-11-22: every replay has the same. */
export function ingestionDate({ event_at_us: micros }: Named['source']): string {
  return new Date(Math.floor(micros / 1000)).toISOString().slice(0, 10)
}

/** Where what changed on a day lies. */
const dayFolder = ({ source }: Named) => `applications/ingestion_date=${ingestionDate(source)}`

/** Name of the blob with an application's JSON. */
export function jsonBlobName(named: Named): string {
  return `${dayFolder(named)}/json/${named.application.id}.json`
}

/**
 * Names of the blobs of an application's documents, in their order. Where two documents with different contents would
 * have the same name, both end with their hash; `~` is in no file name here, so that this never makes another clash.
 */
export function documentBlobNames(claimed: ClaimedApplication): readonly string[] {
  const { documents, candidate, application } = claimed
  const isPersonal = personalWords(candidate)
  const stems = documents.map(({ kind, filename }) => {
    return `${safeName(kind ?? 'document', () => false)}_${safeName(filename ?? 'document', isPersonal)}`
  })
  return documents.map((document, at) => {
    const stem = stems[at] ?? ''
    const isShared = documents.some((other, i) => isClash([stem, document], [stems[i] ?? '', other]))
    const name = isShared ? `${stem}~${document.sha256.slice(0, 16)}` : stem
    return `${dayFolder(claimed)}/documents/${application.id}/${name}.pdf`
  })
}

type NamedDocument = readonly [stem: string, document: Pick<ClaimedDocument, 'sha256'>]

// Without regard to case: who copies blobs to a disc may have one that makes no difference.
const isClash = ([stem, { sha256 }]: NamedDocument, [otherStem, other]: NamedDocument) =>
  stem.toLowerCase() === otherStem.toLowerCase() && sha256 !== other.sha256

const longestName = 80

/** A client's file name as a part of a blob's name: no path, no extension, no sign that means something elsewhere. */
function safeName(filename: string, isPersonal: (word: string) => boolean): string {
  const base =
    filename
      .normalize('NFC')
      .split(/[/\\]/)
      .findLast((part) => part.trim() !== '') ?? ''
  const safe = base
    .replace(/(\.pdf)+\s*$/i, '')
    .replaceAll(/[\p{L}\p{M}\p{N}]+/gu, (word) => (isPersonal(word) ? 'x' : word))
    .replaceAll(/[^\p{L}\p{M}\p{N} ._()-]+/gu, '_')
  const short = Array.from(safe).slice(0, longestName).join('')
  return short.replaceAll(/^[ ._]+|[ ._]+$/g, '') || 'document'
}

/** Shorter parts of a name stand in too many other words. */
const shortestInside = 4

/**
 * Tells words that say who the candidate is: people put their name into the names of their files, and names of blobs
 * are in logs and listings of the storage account.
 */
function personalWords(candidate: Candidate | null): (word: string) => boolean {
  if (!candidate) return () => false
  const { first_name, last_name, email, phone, matricule } = candidate
  const names = [first_name, last_name, email?.split('@')[0], matricule].flatMap((text) =>
    folded(text ?? '').split(/[^\p{L}\p{N}]+/u)
  )
  // National digits: however the country is written before them.
  const digits = (phone ?? '').replaceAll(/\D/g, '').slice(-7)
  const parts = [...names, digits].filter((part) => part.length >= 2)
  const inside = parts.filter((part) => part.length >= shortestInside)
  return (word) => {
    const same = folded(word)
    return parts.includes(same) || inside.some((part) => same.includes(part))
  }
}

/** Without accents and case. */
const folded = (text: string) => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase()
