import { createHash } from 'node:crypto'
import { pdfOf } from '../../local/sample/applications/pdf.ts'
import { bytesContent } from '../../runtime/object-store/content.ts'
import type { LogItem, Position } from '../../runtime/pipeline.ts'
import type { ClaimedApplication, ClaimedDocument } from '../../schemas/types/applications.ts'

/** The moment that made-up applications last changed: 2026-11-21T10:20:30.123456Z. */
export const changedAtUs = Date.UTC(2026, 10, 21, 10, 20, 30) * 1000 + 123_456

/** A UUID of a number. */
export const uuidOf = (n: number) => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`

/** The PDF that a made-up document is. */
export const pdfBytes = (text: string) => pdfOf([text])

/** A document whose content is a PDF of this text. */
export function claimedDocument(kind: string, filename: string, text: string): ClaimedDocument {
  const { sha256, size } = bytesContent(pdfBytes(text))
  return { id: `${kind}/${filename}`, kind, filename, sha256, bytes: size, claim: `documents/${sha256}` }
}

/** A made-up application, changed by `change`; its hash is of what it then is. */
export function claimedApplication(
  n: number,
  change: (record: ClaimedApplication) => Partial<ClaimedApplication> = () => ({}),
  readAtUs = changedAtUs + 5_000_000
): ClaimedApplication {
  const plain = plainApplication(n)
  const { source, ...content } = { ...plain, ...change(plain) }
  const content_sha256 = createHash('sha256').update(JSON.stringify(content)).digest('hex')
  return { ...content, source: { ...source, content_sha256, read_at_us: readAtUs } }
}

function plainApplication(n: number): ClaimedApplication {
  return {
    application: {
      id: uuidOf(n),
      candidate_id: uuidOf(n + 1_000_000),
      job_offer_id: uuidOf(2_000_000),
      status: 'candidature',
      mtp_answers:
        '{"reponses_metier": ["J’ai réduit les pannes.", ""], "reponses_talent": ["J’écoute."], "reponses_paradigme": []}',
      has_been_manager: true,
      ref_entreprise: 'Société Modèle',
      ref_fullname: 'Awa Nzamba',
      ref_mail: 'Awa.Nzamba@example.com',
      ref_contact: '074 00 00 12',
      created_at: changedAtUs - 86_400_000_000,
      updated_at: changedAtUs
    },
    candidate: {
      id: uuidOf(n + 1_000_000),
      email: ' Marie.Ondo@example.com ',
      first_name: 'Marie-Thérèse',
      last_name: ' Ondo',
      phone: '+241 74 00 00 07',
      address: 'BP 123, Libreville',
      matricule: '778899',
      post: 'Comptable',
      experience: '5 ans'
    },
    candidate_profile: {
      skills: '"SQL, Excel; sql / Gestion de projet"',
      expected_salary: '{"max": 1000000, "min": 800000, "currency": "XAF"}',
      linkedin: 'www.linkedin.com/in/example-7',
      portfolio: null,
      education: '[{"year": 2010, "degree": "Master"}]'
    },
    job_offer: {
      id: uuidOf(2_000_000),
      title: 'Analyste',
      description: 'SQL et gestion de projet. Salaire : 700 000 FCFA.',
      location: 'Libreville',
      mtp_questions: '{"questions_metier": ["A ?", "B ?"], "questions_talent": ["C ?"]}'
    },
    documents: [
      claimedDocument('cv', 'CV Marie Ondo.pdf', `cv ${n}`),
      claimedDocument('cover_letter', 'lettre.PDF', `lettre ${n}`)
    ],
    missing: [],
    source: {
      event_at_us: changedAtUs,
      read_at_us: changedAtUs + 5_000_000,
      snapshot_xmax: 1000 + n,
      snapshot_in_progress: 0,
      content_sha256: '',
      trigger: 'webhook'
    }
  }
}

interface Identified extends Pick<ClaimedApplication, 'source'> {
  readonly application: { readonly id: string }
}

/** An item as if it were read from a topic of one partition. */
export function applicationItem<T extends Identified>(value: T, offset: number): LogItem<T> {
  const { application, source } = value
  return {
    id: `${application.id}.${source.content_sha256}`,
    value,
    key: application.id,
    position: String(offset) as Position,
    at: new Date(source.event_at_us / 1000),
    topic: 'applications',
    partition: 0,
    offset
  }
}
