import type { CuratedAnswers, CuratedApplication } from '../../../schemas/types/applications.ts'
import { expectedSalary, offeredSalary } from '../../../schemas/applications/salaries.ts'
import { namedSkills } from './skill-overlap.ts'

export type FeatureType = 'VARCHAR' | 'BOOLEAN' | 'INTEGER' | 'BIGINT' | 'DOUBLE'

/** What a feature depends on besides the record. */
export interface FeatureTools {
  /** Makes a key that says nothing to who does not have the salt. */
  readonly pseudonym: (id: string) => string
}

/** One column of the features, as it is documented in docs/applications.md. */
export interface Feature {
  readonly name: string
  readonly type: FeatureType
  readonly describe: string
  readonly of: (record: CuratedApplication, tools: FeatureTools) => string | number | boolean | null
}

/** Grows when a column is computed in another way, so that a replay computes the rows anew. */
export const featuresVersion = 1

const kinds: readonly (keyof CuratedAnswers)[] = ['metier', 'talent', 'paradigme']
const given = (answers: readonly string[]) => answers.filter((answer) => answer !== '')
const charsOf = (texts: readonly string[]) => texts.reduce((sum, text) => sum + text.length, 0)
const round = (value: number) => Math.round(value * 10_000) / 10_000
const isPresent = (value: unknown) => value !== null && value !== undefined && value !== ''

const answerFeatures: readonly Feature[] = kinds.flatMap((kind): Feature[] => [
  {
    name: `${kind}_questions`,
    type: 'INTEGER',
    describe: `MTP questions of kind ${kind} in the offer`,
    of: ({ job_offer }) => job_offer?.mtp_questions[kind].length ?? null
  },
  {
    name: `${kind}_answers`,
    type: 'INTEGER',
    describe: `Answers of kind ${kind} that are not empty`,
    of: ({ application }) => given(application.mtp_answers[kind]).length
  },
  {
    name: `${kind}_answer_chars`,
    type: 'INTEGER',
    describe: `Characters of those answers together`,
    of: ({ application }) => charsOf(application.mtp_answers[kind])
  }
])

const referencesOf = ({ application }: CuratedApplication) =>
  [
    application.ref_entreprise,
    application.ref_fullname,
    application.ref_mail,
    application.ref_contact
  ].filter(isPresent).length

const referenceFeatures: readonly Feature[] = [
  {
    name: 'reference_present',
    type: 'BOOLEAN',
    describe: 'Whether anything is said of a reference',
    of: (record) => referencesOf(record) > 0
  },
  {
    name: 'reference_fields',
    type: 'INTEGER',
    describe: 'How many of company, name, e-mail and contact of the reference are there',
    of: referencesOf
  }
]

const offerText = ({ job_offer }: CuratedApplication) =>
  `${job_offer?.title ?? ''} ${job_offer?.description ?? ''}`

const matchesOf = (record: CuratedApplication) =>
  record.job_offer ? namedSkills(record.candidate_profile?.skills ?? [], offerText(record)) : null

const skillFeatures: readonly Feature[] = [
  {
    name: 'skills',
    type: 'INTEGER',
    describe: 'Skills of the candidate',
    of: ({ candidate_profile }) => candidate_profile?.skills.length ?? 0
  },
  {
    name: 'offer_skills',
    type: 'INTEGER',
    describe: "Skills of the candidate that the offer's title or description names",
    of: matchesOf
  },
  {
    name: 'skill_overlap',
    type: 'DOUBLE',
    describe: 'Their share, 0 to 1; null without skills or offer',
    of: (record) => {
      const skills = record.candidate_profile?.skills.length ?? 0
      const matches = matchesOf(record)
      return matches === null || skills === 0 ? null : round(matches / skills)
    }
  },
  {
    name: 'experience_years',
    type: 'DOUBLE',
    describe: 'Years of experience; the lower of a range',
    of: ({ candidate }) => candidate?.experience_years ?? null
  },
  {
    name: 'education_entries',
    type: 'INTEGER',
    describe: 'Entries of the education',
    of: ({ candidate_profile }) => entriesOf(candidate_profile?.education ?? null)
  }
]

function entriesOf(json: string | null): number {
  if (json === null) return 0
  const value: unknown = JSON.parse(json)
  if (Array.isArray(value)) return value.length
  return isPresent(value) ? 1 : 0
}

const salaryOf = ({ candidate_profile }: CuratedApplication) =>
  expectedSalary(candidate_profile?.expected_salary ?? null)

const salaryFeatures: readonly Feature[] = [
  {
    name: 'expected_salary',
    type: 'DOUBLE',
    describe: 'What the candidate expects, the middle of a range',
    of: salaryOf
  },
  {
    name: 'offered_salary',
    type: 'DOUBLE',
    describe: "What the offer's text names after a word such as `salaire`, the middle of a range",
    of: (record) => offeredSalary(offerText(record))
  },
  {
    name: 'salary_gap',
    type: 'DOUBLE',
    describe: 'Expected less offered; null unless both are known',
    of: (record) => {
      const [expected, offered] = [salaryOf(record), offeredSalary(offerText(record))]
      return expected === null || offered === null ? null : expected - offered
    }
  }
]

const hasKind =
  (kind: string) =>
  ({ documents }: CuratedApplication) =>
    documents.some((document) => document.kind === kind)

const documentFeatures: readonly Feature[] = [
  { name: 'has_cv', type: 'BOOLEAN', describe: 'Whether a CV was exported', of: hasKind('cv') },
  {
    name: 'has_cover_letter',
    type: 'BOOLEAN',
    describe: 'Whether a cover letter was exported',
    of: hasKind('cover_letter')
  },
  {
    name: 'has_diplome',
    type: 'BOOLEAN',
    describe: 'Whether a diploma was exported',
    of: hasKind('diplome')
  },
  {
    name: 'documents',
    type: 'INTEGER',
    describe: 'Documents that were exported',
    of: ({ documents }) => documents.length
  },
  {
    name: 'document_bytes',
    type: 'BIGINT',
    describe: 'Their length together',
    of: ({ documents }) => documents.reduce((sum, { bytes }) => sum + bytes, 0)
  }
]

/** What a complete application has. */
const completeParts: readonly ((record: CuratedApplication) => boolean)[] = [
  ...(['email', 'first_name', 'last_name', 'phone', 'address', 'post', 'experience'] as const).map(
    (field) => (record: CuratedApplication) => isPresent(record.candidate?.[field])
  ),
  ({ candidate_profile }) => (candidate_profile?.skills.length ?? 0) > 0,
  ...(['expected_salary', 'education'] as const).map(
    (field) => (record: CuratedApplication) => isPresent(record.candidate_profile?.[field])
  ),
  ...kinds.map(
    (kind) =>
      ({ application }: CuratedApplication) =>
        given(application.mtp_answers[kind]).length > 0
  ),
  ({ application }) => application.has_been_manager !== null,
  hasKind('cv'),
  hasKind('cover_letter')
]

const qualityFeatures: readonly Feature[] = [
  {
    name: 'completeness',
    type: 'DOUBLE',
    describe: `Share, 0 to 1, of ${completeParts.length} things that are there: e-mail, first and last name, phone, address, post, experience, skills, expected salary, education, answers of each kind, has_been_manager, CV, cover letter`,
    of: (record) => round(completeParts.filter((isThere) => isThere(record)).length / completeParts.length)
  },
  {
    name: 'quality_findings',
    type: 'INTEGER',
    describe: 'Values that could not be cleaned (`_quality` of the curated JSON)',
    of: ({ quality }) => quality.length
  }
]

/** Every column, in its order. None names a person: keys are pseudonyms, everything else is a number or a category. */
export const features: readonly Feature[] = [
  {
    name: 'application_key',
    type: 'VARCHAR',
    describe: 'Pseudonym of the application: HMAC-SHA-256 of its id with `COURANT_APPLICATIONS_SALT`',
    of: ({ application }, { pseudonym }) => pseudonym(application.id)
  },
  {
    name: 'job_offer_id',
    type: 'VARCHAR',
    describe: 'Which offer, as a category',
    of: ({ application }) => application.job_offer_id
  },
  { name: 'status', type: 'VARCHAR', describe: 'Category', of: ({ application }) => application.status },
  {
    name: 'has_been_manager',
    type: 'BOOLEAN',
    describe: 'As the candidate says',
    of: ({ application }) => application.has_been_manager
  },
  ...answerFeatures,
  ...referenceFeatures,
  ...skillFeatures,
  ...salaryFeatures,
  {
    name: 'has_linkedin',
    type: 'BOOLEAN',
    describe: 'Whether the profile has a LinkedIn address',
    of: ({ candidate_profile }) => isPresent(candidate_profile?.linkedin)
  },
  {
    name: 'has_portfolio',
    type: 'BOOLEAN',
    describe: 'Whether the profile has a portfolio address',
    of: ({ candidate_profile }) => isPresent(candidate_profile?.portfolio)
  },
  ...documentFeatures,
  ...qualityFeatures
]
