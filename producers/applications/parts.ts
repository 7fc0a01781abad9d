import type {
  Application,
  ApplicationDocument,
  Candidate,
  CandidateProfile,
  JobOffer
} from '../../schemas/types/applications.ts'

/**
 * How a column travels: as text, as the JSON text of whatever its type is, as microseconds, as a boolean; or it is read
 * but does not travel itself.
 */
export type Travel = 'text' | 'json' | 'micros' | 'boolean' | 'inside'

type Columns<R> = Readonly<Record<keyof R, Travel>>

const application: Columns<Application> = {
  id: 'text',
  candidate_id: 'text',
  job_offer_id: 'text',
  status: 'text',
  mtp_answers: 'json',
  has_been_manager: 'boolean',
  ref_entreprise: 'text',
  ref_fullname: 'text',
  ref_mail: 'text',
  ref_contact: 'text',
  created_at: 'micros',
  updated_at: 'micros'
}

const candidate: Columns<Candidate> = {
  id: 'text',
  email: 'text',
  first_name: 'text',
  last_name: 'text',
  phone: 'text',
  address: 'text',
  matricule: 'text',
  post: 'text',
  experience: 'text'
}

const profile: Columns<CandidateProfile> = {
  skills: 'json',
  expected_salary: 'json',
  linkedin: 'text',
  portfolio: 'text',
  education: 'json'
}

const offer: Columns<JobOffer> = {
  id: 'text',
  title: 'text',
  description: 'text',
  location: 'text',
  mtp_questions: 'json'
}

const document: Pick<Columns<ApplicationDocument>, 'id' | 'kind' | 'filename'> = {
  id: 'text',
  kind: 'text',
  filename: 'text'
}

/** What a record is put together from, by its name in the mapping. The order of columns is the order in the record. */
export const parts = {
  application,
  candidate: { ...candidate, updated_at: 'inside' },
  candidate_profile: { candidate_id: 'inside', ...profile, updated_at: 'inside' },
  job_offer: { ...offer, updated_at: 'inside' },
  document: { ...document, application_id: 'inside', content: 'inside', updated_at: 'inside' }
} as const satisfies Readonly<Record<string, Readonly<Record<string, Travel>>>>

export type PartName = keyof typeof parts

/** Columns a record cannot be put together without. */
export const required: Readonly<Record<PartName, readonly string[]>> = {
  application: ['id', 'candidate_id', 'job_offer_id'],
  candidate: ['id'],
  candidate_profile: ['candidate_id'],
  job_offer: ['id'],
  document: ['id', 'application_id', 'content']
}
