import { type Period, shown, told } from './periods.ts'
import type { Job, Person, Study } from './persons.ts'
import { type Wording, type WordingName, wordings } from './wordings.ts'

/** What a layout may leave out. */
type Omitted =
  | 'title'
  | 'summary'
  | 'place'
  | 'contract'
  | 'interests'
  | 'points'
  | 'noise'
  | 'address'
  | 'languages'

/** How a CV is made of a person. */
export interface Layout {
  readonly name: string
  /** `dev`, or `test`: set aside, no rule is tuned on it. */
  readonly set: 'dev' | 'test'
  readonly producer: ProducerName
  readonly format: 'pdf' | 'docx' | 'doc' | 'rtf' | 'txt'
  readonly period: Period
  readonly studyPeriod?: Period
  readonly words: WordingName
  readonly omits?: readonly Omitted[]
  /** What its producer takes: HTML, Typst, LaTeX, an ODT, or the file itself. */
  readonly make: (cv: Cv) => string | Buffer | Promise<Buffer>
}

export type ProducerName = 'chromium' | 'typst' | 'latex' | 'libreoffice' | 'docx' | 'pdfkit' | 'hand'

/** A person as a layout shows them; what is not shown is ''. */
export interface Cv {
  readonly person: Person
  readonly name: string
  readonly title: string
  readonly email: string
  readonly phones: readonly string[]
  readonly address: string
  readonly home: string
  readonly noise: string
  readonly links: string
  readonly summary: string
  readonly skills: readonly string[]
  readonly experience: readonly (Job & { readonly period: string })[]
  readonly education: readonly (Study & { readonly period: string })[]
  readonly languages: Person['languages']
  readonly interests: string
  readonly certs: string
  readonly volunteer: string
  readonly referee: string
  readonly words: Wording
}

export function cvOf(person: Person, layout: Layout): Cv {
  const { fields } = person
  const [work, study] = stylesOf(person, layout)
  const without = new Set<string>(layout.omits ?? [])
  const get = (key: string) => (without.has(key) ? '' : (fields[key] ?? ''))
  return {
    person,
    name: get('name'),
    title: get('title'),
    email: get('email'),
    phones: [get('phone'), get('phone2')].filter((phone) => phone !== ''),
    address: without.has('address') ? get('home') : (fields['address'] ?? get('home')),
    home: get('home'),
    noise: get('noise'),
    links: get('links'),
    summary: get('summary'),
    skills: get('skills').split(/, (?![^(]*\))/),
    experience: person.experience.map((job) => ({
      ...job,
      place: without.has('place') ? '' : job.place,
      contract: without.has('contract') ? '' : job.contract,
      points: without.has('points') ? [] : job.points,
      period: shown(job, work)
    })),
    education: person.education.map((each) => ({ ...each, period: shown(each, study) })),
    languages: without.has('languages') ? [] : person.languages,
    interests: get('interests'),
    certs: get('certs'),
    volunteer: get('volunteer'),
    referee: get('referee'),
    words: wordings[layout.words]
  }
}

function stylesOf({ fields }: Person, layout: Layout): readonly [Period, Period] {
  const own = fields['dates'] as Period | undefined
  return [own ?? layout.period, own ?? layout.studyPeriod ?? layout.period]
}

const nearby = [
  'Gabon',
  'Québec',
  'QC',
  'Bénin',
  'Sénégal',
  'Côte d’Ivoire',
  'RD Congo',
  'Maroc',
  'Belgique',
  'Suisse'
]

/** ISO 639 codes of languages that the scorer knows by no name. */
const codes: Readonly<Record<string, string>> = {
  Fang: 'fan',
  Baoulé: 'bci',
  Tshiluba: 'lua',
  Lingala: 'ln',
  Punu: 'puu',
  Peul: 'ff',
  Fon: 'fon',
  Wallon: 'wa',
  LSF: 'fsl'
}

/** What is to be found in it, as the scorer wants it. */
export function truthOf(person: Person, layout: Layout): object {
  const cv = cvOf(person, layout)
  const [work, study] = stylesOf(person, layout)
  const text = (value: string) => (value === '' ? null : value)
  return {
    personal_info: {
      name: cv.name.replace(/^(?:Dr|Maître) /, ''),
      email: cv.email,
      phone: cv.phones[0],
      location: cv.home,
      links: cv.links === '' ? [] : [cv.links],
      title: text(cv.title),
      summary: text(cv.summary)
    },
    skills: cv.skills,
    experience: cv.experience.map((job) => ({
      title: job.title,
      company: job.company,
      location: text(job.place),
      ...told(job, work),
      description: text(job.points.join('\n'))
    })),
    education: cv.education.map((each) => ({
      degree: each.degree,
      institution: each.school,
      ...told(each, study)
    })),
    languages: cv.languages.map((each) => ({ ...each, language: codes[each.language] ?? each.language })),
    // A second look at what else a careful reader may take.
    _accept: { location: nearby, skills: cv.certs.split(', ') }
  }
}
