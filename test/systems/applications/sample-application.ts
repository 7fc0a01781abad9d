import type { ApplicationRead, SubmittedApplication } from '../../../schemas/types/applications.ts'

/** An invented application; the number makes its id. */
export function sampleApplication(
  n: number,
  { status = 'candidature', source = {} }: { status?: string; source?: Partial<ApplicationRead> } = {}
): SubmittedApplication {
  const updated_at = 1_763_700_000_000_000 + n
  return {
    application: {
      id: applicationId(n),
      candidate_id: `candidate-${n}`,
      job_offer_id: 'offer',
      status,
      mtp_answers: '{"reponses_metier": ["Oui"], "reponses_talent": [], "reponses_paradigme": []}',
      has_been_manager: n % 2 === 0,
      ref_entreprise: null,
      ref_fullname: null,
      ref_mail: null,
      ref_contact: null,
      created_at: updated_at - 1_000_000,
      updated_at
    },
    candidate: {
      id: `candidate-${n}`,
      email: `ada${n}@example.com`,
      first_name: 'Ada',
      last_name: `Exemple ${n}`,
      phone: '+241 74 00 00 01',
      address: null,
      matricule: null,
      post: 'Comptable',
      experience: '3 ans'
    },
    candidate_profile: null,
    job_offer: { id: 'offer', title: 'Comptable', description: null, location: null, mtp_questions: null },
    documents: [],
    source: {
      event_at_us: updated_at,
      read_at_us: updated_at + 5_000_000,
      snapshot_xmax: 1000 + n,
      snapshot_in_progress: 0,
      content_sha256: `${n}-${status}`.padEnd(64, '0'),
      trigger: 'webhook',
      ...source
    }
  }
}

export const applicationId = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
