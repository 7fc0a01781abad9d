import { type Random, randomFrom } from '../random.ts'
import { firstNames, impossibleEmails, lastNames } from '../texts.ts'
import { pdfOf } from './pdf.ts'
import * as texts from './texts.ts'

/** One row of a table, by its columns. */
export interface ApplicationRow {
  readonly table: 'user' | 'candidate_profile' | 'job_offer' | 'application' | 'application_documents'
  readonly values: Readonly<Record<string, unknown>>
}

export interface ApplicationSampleSize {
  readonly seed: number
  readonly applications: number
  /** Applications lie in the 30 days before. */
  readonly endingAt: Date
}

/** One in so many values is flawed, so that cleaning has something to find. */
const flawRate = 0.08
const spreadMs = 30 * 86_400_000

/** All rows in an order that foreign keys allow; the same size and seed give the same rows. */
export function* applicationRows(size: ApplicationSampleSize): Generator<ApplicationRow> {
  const offerIds = texts.offers.map((_, n) => randomFrom(`${size.seed}/offer ${n}`).uuid())
  for (const [n, id] of offerIds.entries()) yield offerRow(id, n)
  for (let n = 0; n < size.applications; n += 1) {
    const random = randomFrom(`${size.seed}/application ${n}`)
    const person = personOf(random, n)
    yield { table: 'user', values: person }
    if (!random.chance(flawRate)) yield profileRow(random, person.id)
    const application = applicationRow(random, { person, jobOfferId: random.pick(offerIds), size })
    yield application
    yield* documentRows(random, person, String(application.values['id']))
  }
}

function offerRow(id: string, n: number): ApplicationRow {
  const { title, description } = texts.offers[n] ?? texts.offers[0]
  const { metier, talent, paradigme } = texts.questions
  const mtp_questions = {
    questions_metier: metier,
    questions_talent: talent,
    questions_paradigme: paradigme
  }
  return {
    table: 'job_offer',
    values: { id, title, description, location: texts.towns[n] ?? null, mtp_questions }
  }
}

interface Person extends Record<string, unknown> {
  readonly id: string
  readonly first_name: string
  readonly last_name: string
}

function personOf(random: Random, n: number): Person {
  const first_name = random.pick(firstNames)
  const last_name = random.pick(lastNames)
  const email = `${plain(first_name)}.${plain(last_name)}.${n}@example.com`
  return {
    id: random.uuid(),
    email: random.chance(flawRate) ? random.pick(impossibleEmails) : random.pick([email, ` ${email} `]),
    first_name: random.chance(0.1) ? ` ${first_name}` : first_name,
    last_name,
    phone: phoneOf(random),
    address: `BP ${100 + random.int(900)}, ${random.pick(texts.towns)}`,
    matricule: random.chance(0.3) ? String(100_000 + random.int(900_000)) : null,
    post: random.pick(texts.posts),
    experience: random.pick(texts.experiences)
  }
}

const plain = (name: string) =>
  name
    .normalize('NFD')
    .replaceAll(/[^A-Za-z]/g, '')
    .toLowerCase()

/**
 * Gabon sets no numbers aside for examples: these are the first hundred of one mobile block, `+241 74 00 00 00` to `99`,
 * in the ways that people write them. Nobody is ever called.
 */
function phoneOf(random: Random): string {
  const last = String(random.int(100)).padStart(2, '0')
  if (random.chance(flawRate)) return random.pick(['12', 'à demander', '+241 999'])
  return random.pick([`+241 74 00 00 ${last}`, `074 00 00 ${last}`, `00241 740000${last}`])
}

function profileRow(random: Random, userId: string): ApplicationRow {
  const some = [1, 2, 3, 4].map(() => random.pick(texts.skills))
  const from = 400_000 + random.int(20) * 50_000
  return {
    table: 'candidate_profile',
    values: {
      id: random.uuid(),
      user_id: userId,
      // As people fill forms: a list, or a line with separators, with repeats.
      skills: random.chance(0.5) ? some : some.join(random.pick([', ', ';', ' / '])),
      expected_salary: random.chance(0.3) ? null : { min: from, max: from + 200_000, currency: 'XAF' },
      linkedin: random.chance(0.5) ? `https://www.linkedin.com/in/example-${random.int(100_000)}` : null,
      portfolio: random.chance(flawRate) ? 'voir mon site' : null,
      education: [{ degree: random.pick(texts.degrees), year: 2005 + random.int(18) }]
    }
  }
}

function applicationRow(
  random: Random,
  { person, jobOfferId, size }: { person: Person; jobOfferId: string; size: ApplicationSampleSize }
): ApplicationRow {
  const createdMs = size.endingAt.getTime() - random.int(spreadMs) - 1
  const updatedMs = Math.min(createdMs + random.int(3 * 86_400_000), size.endingAt.getTime())
  const has_been_manager = random.chance(0.4)
  const hasReference = random.chance(0.6)
  return {
    table: 'application',
    values: {
      id: random.uuid(),
      candidate_id: person.id,
      job_offer_id: jobOfferId,
      status: random.pick(texts.statuses),
      mtp_answers: {
        reponses_metier: texts.questions.metier.map(() => random.pick(texts.answers)),
        reponses_talent: texts.questions.talent.map(() => random.pick(texts.answers)),
        reponses_paradigme: random.chance(0.2) ? [] : [random.pick(texts.answers)]
      },
      has_been_manager,
      ref_entreprise: hasReference ? random.pick(texts.companies) : null,
      ref_fullname: hasReference ? `${random.pick(firstNames)} ${random.pick(lastNames)}` : null,
      ref_mail: hasReference ? `reference.${random.int(10_000)}@example.com` : null,
      ref_contact: hasReference ? phoneOf(random) : null,
      created_at: new Date(createdMs),
      updated_at: random.chance(0.3) ? null : new Date(updatedMs)
    }
  }
}

function* documentRows(random: Random, person: Person, applicationId: string): Generator<ApplicationRow> {
  const { first_name, last_name } = person
  const kinds = ['cv', 'cover_letter', ...(random.chance(0.5) ? ['diplome'] : [])]
  for (const kind of kinds) {
    const isBroken = random.chance(flawRate / 2)
    yield {
      table: 'application_documents',
      values: {
        id: random.uuid(),
        application_id: applicationId,
        kind,
        filename: `${kind === 'cv' ? 'CV' : kind} ${first_name.trim()} ${last_name}.pdf`,
        content: isBroken
          ? Buffer.from(`not a PDF: ${kind} ${applicationId}`)
          : pdfOf([`${first_name.trim()} ${last_name}`, `${kind} ${applicationId}`, ...texts.answers])
      }
    }
  }
}
