// Made from the .avsc files by `npm run generate`; do not edit.

/** An application whose documents lie in the claim store. */
export interface ClaimedApplication {
  readonly application: Application
  readonly candidate: Candidate | null
  readonly candidate_profile: CandidateProfile | null
  readonly job_offer: JobOffer | null
  readonly documents: readonly ClaimedDocument[]
  readonly missing: readonly MissingDocument[]
  readonly source: ApplicationRead
}

/** A document whose content is in the claim store. */
export interface ClaimedDocument {
  readonly id: string
  /** cv, cover_letter or diplome. */
  readonly kind: string | null
  /** Personal data: name. */
  readonly filename: string | null
  /** Of the content in the claim store, hexadecimal. */
  readonly sha256: string
  /** Length of that content. */
  readonly bytes: number
  /** Name of the object in the claim store. */
  readonly claim: string
}

/** A document that is not exported. */
export interface MissingDocument {
  readonly id: string
  readonly kind: string | null
  /** Personal data: name. */
  readonly filename: string | null
  /** gone, empty, too_large or not_pdf. */
  readonly reason: string
  /** Name of the object in the claim store, when it was kept. */
  readonly claim: string | null
}

/** An application cleaned and normalised; what could not be is listed in quality. */
export interface CuratedApplication {
  readonly application: CuratedApplicationFacts
  readonly candidate: CuratedCandidate | null
  readonly candidate_profile: CuratedProfile | null
  readonly job_offer: CuratedOffer | null
  readonly documents: readonly CuratedDocument[]
  readonly quality: readonly QualityFinding[]
  readonly source: ApplicationRead
}

/** The application itself. */
export interface CuratedApplicationFacts {
  readonly id: string
  readonly candidate_id: string | null
  readonly job_offer_id: string | null
  readonly status: string | null
  readonly mtp_answers: CuratedAnswers
  readonly has_been_manager: boolean | null
  /** Personal data: reference. */
  readonly ref_entreprise: string | null
  /** Personal data: name. */
  readonly ref_fullname: string | null
  /** Personal data: email. */
  readonly ref_mail: string | null
  /** E.164 when it is a phone number. Personal data: phone. */
  readonly ref_contact: string | null
  /** Microseconds since the epoch, UTC. */
  readonly created_at: number | null
  /** Microseconds since the epoch, UTC. */
  readonly updated_at: number | null
}

/** Answers to the questions of each kind. */
export interface CuratedAnswers {
  /** Personal data: text. */
  readonly metier: readonly string[]
  /** Personal data: text. */
  readonly talent: readonly string[]
  /** Personal data: text. */
  readonly paradigme: readonly string[]
}

/** The person who applies. */
export interface CuratedCandidate {
  readonly id: string
  /** Personal data: email. */
  readonly email: string | null
  /** Personal data: name. */
  readonly first_name: string | null
  /** Personal data: name. */
  readonly last_name: string | null
  /** E.164. Personal data: phone. */
  readonly phone: string | null
  /** Personal data: address. */
  readonly address: string | null
  /** Personal data: identifier. */
  readonly matricule: string | null
  /** Personal data: profession. */
  readonly post: string | null
  /** As written. Personal data: profession. */
  readonly experience: string | null
  readonly experience_years: number | null
}

/** What the candidate says of themself. */
export interface CuratedProfile {
  /** Personal data: profession. */
  readonly skills: readonly string[]
  /** JSON text. Personal data: salary. */
  readonly expected_salary: string | null
  /** Personal data: url. */
  readonly linkedin: string | null
  /** Personal data: url. */
  readonly portfolio: string | null
  /** JSON text. Personal data: education. */
  readonly education: string | null
}

/** What is applied for. */
export interface CuratedOffer {
  readonly id: string
  readonly title: string | null
  readonly description: string | null
  readonly location: string | null
  readonly mtp_questions: CuratedQuestions
}

/** Questions of each kind. */
export interface CuratedQuestions {
  readonly metier: readonly string[]
  readonly talent: readonly string[]
  readonly paradigme: readonly string[]
}

/** A document that was exported. */
export interface CuratedDocument {
  readonly id: string
  readonly kind: string | null
  /** Personal data: name. */
  readonly filename: string | null
  readonly sha256: string
  readonly bytes: number
  /** Name of the blob in the raw container. */
  readonly blob: string
}

/** A value that could not be taken as it was. */
export interface QualityFinding {
  readonly field: string
  /** A short code such as phone_invalid. */
  readonly reason: string
  /** As it was. Personal data: text. */
  readonly value: string | null
}

/** An application with all that belongs to it, as it was read from the recruitment database. */
export interface SubmittedApplication {
  readonly application: Application
  readonly candidate: Candidate | null
  readonly candidate_profile: CandidateProfile | null
  readonly job_offer: JobOffer | null
  readonly documents: readonly ApplicationDocument[]
  readonly source: ApplicationRead
}

/** A candidate's application to a job offer, as the recruitment database has it. */
export interface Application {
  readonly id: string
  readonly candidate_id: string | null
  readonly job_offer_id: string | null
  readonly status: string | null
  /** JSON text: lists of answers under reponses_metier, reponses_talent and reponses_paradigme. Personal data: text. */
  readonly mtp_answers: string | null
  readonly has_been_manager: boolean | null
  /** The company that a reference works for. Personal data: reference. */
  readonly ref_entreprise: string | null
  /** Personal data: name. */
  readonly ref_fullname: string | null
  /** Personal data: email. */
  readonly ref_mail: string | null
  /** Personal data: phone. */
  readonly ref_contact: string | null
  /** Microseconds since the epoch, UTC. */
  readonly created_at: number | null
  /** Microseconds since the epoch, UTC. */
  readonly updated_at: number | null
}

/** The person who applies. */
export interface Candidate {
  readonly id: string
  /** Personal data: email. */
  readonly email: string | null
  /** Personal data: name. */
  readonly first_name: string | null
  /** Personal data: name. */
  readonly last_name: string | null
  /** Personal data: phone. */
  readonly phone: string | null
  /** Personal data: address. */
  readonly address: string | null
  /** The person's number as an employee. Personal data: identifier. */
  readonly matricule: string | null
  /** The present post. Personal data: profession. */
  readonly post: string | null
  /** Personal data: profession. */
  readonly experience: string | null
}

/** What the candidate says of themself. */
export interface CandidateProfile {
  /** JSON text. Personal data: profession. */
  readonly skills: string | null
  /** JSON text. Personal data: salary. */
  readonly expected_salary: string | null
  /** Personal data: url. */
  readonly linkedin: string | null
  /** Personal data: url. */
  readonly portfolio: string | null
  /** JSON text. Personal data: education. */
  readonly education: string | null
}

/** What is applied for. */
export interface JobOffer {
  readonly id: string
  readonly title: string | null
  readonly description: string | null
  readonly location: string | null
  /** JSON text. */
  readonly mtp_questions: string | null
}

/** A document of an application, without its content. */
export interface ApplicationDocument {
  readonly id: string
  /** cv, cover_letter or diplome. */
  readonly kind: string | null
  /** Personal data: name. */
  readonly filename: string | null
  /** Of the content, hexadecimal; null when there is none. */
  readonly sha256: string | null
  /** Length of the content. */
  readonly bytes: number | null
}

/** When and how a record was read; what orders two reads of an application. */
export interface ApplicationRead {
  /** When the application last changed at the source. Microseconds since the epoch, UTC. */
  readonly event_at_us: number
  /** When the record was read, by the source's clock. Microseconds since the epoch, UTC. */
  readonly read_at_us: number
  /** pg_snapshot_xmax of the read. */
  readonly snapshot_xmax: number
  /** Transactions in progress below it. */
  readonly snapshot_in_progress: number
  /** Of the canonical record without this part, hexadecimal. */
  readonly content_sha256: string
  readonly trigger: 'webhook' | 'backfill' | 'daily'
}
