import { defineProcessor } from '../runtime/define.ts'
import { documentBlobNames } from '../schemas/applications/blob-names.ts'
import type { Micros } from '../schemas/change.ts'
import { events } from '../schemas/events.ts'
import type {
  ClaimedApplication,
  CuratedApplication,
  CuratedApplicationFacts,
  CuratedCandidate,
  CuratedOffer,
  CuratedProfile
} from '../schemas/types/applications.ts'
import { expectedSalary } from '../schemas/applications/salaries.ts'
import { topicOf } from '../topics/catalogue.ts'
import { answersByKind } from './applications/answers.ts'
import { experienceYears } from './applications/experience.ts'
import { Findings } from './applications/findings.ts'
import { contact, jsonText, phone, webAddress } from './applications/rules.ts'
import { skillsOf } from './applications/skills.ts'
import { email, type Rule, text, word } from './clean-values.ts'

/** `curate-applications`: the same application clean; what could not be cleaned is listed in it and not lost. */
export const curateApplications = defineProcessor({
  name: 'curate-applications',
  from: topicOf(events.claimedApplication),
  process: curated,
  to: topicOf(events.curatedApplication)
})

/** Depends on nothing but the record, so that a replay gives the same. */
export function curated(claimed: ClaimedApplication): CuratedApplication {
  const { candidate, candidate_profile, job_offer, documents, missing, source } = claimed
  const findings = new Findings(source.event_at_us)
  const blobs = documentBlobNames(claimed)
  const record = {
    application: curatedFacts(claimed, findings),
    candidate: candidate && curatedCandidate(candidate, findings),
    candidate_profile: candidate_profile && curatedProfile(candidate_profile, findings),
    job_offer: job_offer && curatedOffer(job_offer, findings),
    documents: documents.map(({ id, kind, filename, sha256, bytes }, at) => {
      return { id, kind, filename, sha256, bytes, blob: blobs[at] ?? '' }
    })
  }
  for (const { kind, filename, reason } of missing)
    findings.note(`documents.${kind ?? 'document'}`, `document_${reason}`, filename)
  return { ...record, quality: findings.list, source }
}

function curatedFacts(
  { application, source }: ClaimedApplication,
  findings: Findings
): CuratedApplicationFacts {
  const { status, ref_entreprise, ref_fullname, ref_mail, ref_contact, created_at, updated_at } = application
  const time = (field: 'created_at' | 'updated_at') =>
    plausibleTime(field, application[field], { readAt: source.read_at_us, findings })
  if (created_at !== null && updated_at !== null && updated_at < created_at)
    findings.note('updated_at', 'updated_before_created', null)
  return {
    ...application,
    status: findings.clean('status', status, word),
    mtp_answers: answersByKind(application.mtp_answers, 'reponses', { field: 'mtp_answers', findings }),
    ref_entreprise: findings.clean('ref_entreprise', ref_entreprise, text),
    ref_fullname: findings.clean('ref_fullname', ref_fullname, text),
    ref_mail: findings.clean('ref_mail', ref_mail, email),
    ref_contact: findings.clean('ref_contact', ref_contact, contact),
    created_at: time('created_at'),
    updated_at: time('updated_at')
  }
}

const dayMicros = 86_400_000_000

/** Clocks may differ by a day; what lies further ahead of the read, or before 1970, was never a time of this record. */
function plausibleTime(
  field: string,
  micros: Micros | null,
  { readAt, findings }: { readAt: Micros; findings: Findings }
): Micros | null {
  if (micros === null || (micros >= 0 && micros <= readAt + dayMicros)) return micros
  findings.note(field, `${field}_implausible`, String(micros))
  return null
}

function curatedCandidate(
  candidate: NonNullable<ClaimedApplication['candidate']>,
  findings: Findings
): CuratedCandidate {
  const clean = (field: keyof typeof candidate, rule = text) =>
    findings.clean(`candidate.${field}`, candidate[field], rule)
  const experience = clean('experience')
  return {
    id: candidate.id,
    email: clean('email', email),
    first_name: clean('first_name'),
    last_name: clean('last_name'),
    phone: clean('phone', phone),
    address: clean('address'),
    matricule: clean('matricule'),
    post: clean('post'),
    experience,
    experience_years: experienceYears(experience, findings)
  }
}

function curatedProfile(
  profile: NonNullable<ClaimedApplication['candidate_profile']>,
  findings: Findings
): CuratedProfile {
  const clean = (field: keyof typeof profile, rule: Rule) =>
    findings.clean(`candidate_profile.${field}`, profile[field], rule)
  return {
    skills: skillsOf(profile.skills),
    expected_salary: salaryOf(clean('expected_salary', jsonText), findings),
    linkedin: clean('linkedin', webAddress),
    portfolio: clean('portfolio', webAddress),
    education: clean('education', jsonText)
  }
}

/** Its text stays what it is; that no amount can be told from it, though there are digits, is noted. */
function salaryOf(json: string | null, findings: Findings): string | null {
  const isUnclear = json !== null && /[1-9]/.test(json) && expectedSalary(json) === null
  if (isUnclear) findings.note('candidate_profile.expected_salary', 'salary_unclear', json)
  return json
}

function curatedOffer(offer: NonNullable<ClaimedApplication['job_offer']>, findings: Findings): CuratedOffer {
  const clean = (field: 'title' | 'description' | 'location') =>
    findings.clean(`job_offer.${field}`, offer[field], text)
  return {
    id: offer.id,
    title: clean('title'),
    description: clean('description'),
    location: clean('location'),
    mtp_questions: answersByKind(offer.mtp_questions, 'questions', {
      field: 'job_offer.mtp_questions',
      findings
    })
  }
}
