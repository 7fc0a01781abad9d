import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { curated } from '../../processors/curate-applications.ts'
import type { Candidate, ClaimedApplication, CuratedApplication } from '../../schemas/types/applications.ts'
import { claimedApplication } from '../support/applications.ts'

const withCandidate = (change: Partial<Candidate>) =>
  curated(
    claimedApplication(1, (record) => ({
      candidate: record.candidate && { ...record.candidate, ...change }
    }))
  )

const withAnswers = (mtp_answers: string | null) =>
  curated(claimedApplication(1, ({ application }) => ({ application: { ...application, mtp_answers } })))

const withSkills = (skills: string | null) =>
  curated(
    claimedApplication(1, ({ candidate_profile }) => ({
      candidate_profile: candidate_profile && { ...candidate_profile, skills }
    }))
  ).candidate_profile?.skills

const reasons = ({ quality }: CuratedApplication) => quality.map(({ field, reason }) => `${field} ${reason}`)

describe('a curated application', () => {
  it('is clean, with nothing to find fault with', () => {
    const record = curated(claimedApplication(1))
    const { candidate, candidate_profile, application, job_offer, documents } = record
    assert.deepEqual(record.quality, [])
    assert.equal(candidate?.email, 'marie.ondo@example.com')
    assert.equal(candidate.last_name, 'Ondo')
    assert.equal(candidate.phone, '+24174000007')
    assert.equal(candidate.experience_years, 5)
    assert.equal(application.ref_contact, '+24174000012')
    assert.deepEqual(candidate_profile?.skills, ['SQL', 'Excel', 'Gestion de projet'])
    assert.equal(candidate_profile.linkedin, 'https://www.linkedin.com/in/example-7')
    assert.deepEqual(application.mtp_answers, {
      metier: ['J’ai réduit les pannes.', ''],
      talent: ['J’écoute.'],
      paradigme: []
    })
    assert.deepEqual(job_offer?.mtp_questions.metier, ['A ?', 'B ?'])
    assert.match(documents[0]?.blob ?? '', /\/documents\/.*\/cv_CV x x\.pdf$/)
  })

  it('lists what it cannot clean, with the value as it was', () => {
    const record = withCandidate({ email: 'marie(at)example.com', phone: '12', experience: '99 ans' })
    assert.deepEqual(record.quality, [
      { field: 'candidate.email', reason: 'email_invalid', value: 'marie(at)example.com' },
      { field: 'candidate.phone', reason: 'phone_invalid', value: '12' },
      { field: 'candidate.experience', reason: 'experience_implausible', value: '99 ans' }
    ])
    assert.deepEqual([record.candidate?.email, record.candidate?.phone], [null, null])
  })

  it('names the documents that were not exported', () => {
    const missing = [{ id: '9', kind: 'diplome', filename: 'd.pdf', reason: 'not_pdf', claim: 'documents/x' }]
    assert.deepEqual(reasons(curated(claimedApplication(1, () => ({ missing })))), [
      'documents.diplome document_not_pdf'
    ])
  })

  it('reads phone numbers as people in Gabon write them', () => {
    for (const phone of [
      '074 00 00 07',
      '74000007',
      '00241 74 00 00 07',
      '+241 (0)74 00 00 07',
      '+241-74-00-00-07'
    ])
      assert.equal(withCandidate({ phone }).candidate?.phone, '+24174000007', phone)
    assert.equal(withCandidate({ phone: '+33 1 99 00 12 34' }).candidate?.phone, '+33199001234')
    assert.equal(withCandidate({ phone: ' ' }).candidate?.phone, null)
  })

  it('takes MTP answers in every form that they come in', () => {
    const want = { metier: ['a', 'b'], talent: ['c'], paradigme: [] }
    for (const json of [
      '{"reponses_metier": ["a", " b "], "reponses_talent": ["c"]}',
      '{"reponses_metier": {"q1": "a", "q2": "b"}, "reponses_talent": "c", "reponses_paradigme": null}',
      '{"metier": [{"question": "?", "reponse": "a"}, {"question": "?", "reponse": "b"}], "talent": "[\\"c\\"]"}',
      JSON.stringify('{"reponses_metier": ["a", "b"], "reponses_talent": ["c"]}')
    ])
      assert.deepEqual(withAnswers(json).application.mtp_answers, want, json)
    const ten = Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`q${10 - n}`, String(10 - n)]))
    assert.deepEqual(
      withAnswers(JSON.stringify({ reponses_metier: ten })).application.mtp_answers.metier,
      Array.from({ length: 10 }, (_, n) => String(n + 1))
    )
  })

  it('finds fault with MTP answers of no known form', () => {
    assert.deepEqual(reasons(withAnswers('["a"]')), ['mtp_answers mtp_shape_unknown'])
    assert.deepEqual(reasons(withAnswers('{"autre": ["a"]}')), ['mtp_answers.autre mtp_kind_unknown'])
    assert.deepEqual(reasons(withAnswers(null)), [])
  })

  it('takes skills in every form that they come in, each once', () => {
    const want = ['SQL', 'Python']
    for (const json of [
      '["SQL", "Python", "sql"]',
      '"SQL, Python"',
      '"[\\"SQL\\", \\"Python\\"]"',
      '[{"name": "SQL"}, {"nom": "Python"}]',
      '{"data": ["SQL;Python"]}',
      '"SQL / python"'
    ])
      assert.deepEqual(
        withSkills(json)?.map((skill) => skill.replace(/^python$/, 'Python')),
        want,
        json
      )
    for (const skills of [
      ['CI/CD', 'PL/SQL'],
      ['SAP S/4HANA'],
      ['Cloud (AWS, GCP)'],
      ['Excel (avancé'],
      ['C++']
    ])
      assert.deepEqual(withSkills(JSON.stringify(skills)), skills)
    assert.deepEqual(withSkills('"CI/CD, Cloud (AWS, GCP); SQL"'), ['CI/CD', 'Cloud (AWS, GCP)', 'SQL'])
    assert.deepEqual(withSkills(null), [])
    assert.deepEqual(withSkills('"école, ÉCOLE, e\u0301cole"'), ['école'])
  })

  it('reads years of experience', () => {
    const years = (experience: string) => withCandidate({ experience }).candidate?.experience_years
    assert.deepEqual(
      [
        '5',
        '5 ans',
        '18 mois',
        '2,5 années',
        '3-5 ans',
        '10 ans et plus',
        '7 years',
        'Bac+5, 3 ans',
        'depuis 2015 (8 ans)',
        '2 anglais',
        'Débutant',
        'depuis 2015'
      ].map(years),
      [5, 5, 1.5, 2.5, 3, 10, 7, 3, 8, null, null, null]
    )
  })

  it('adds up years of experience that are told one after the other, and knows when it cannot tell', () => {
    const read = (experience: string) => {
      const { candidate, quality } = withCandidate({ experience })
      return [candidate?.experience_years, ...quality.map(({ reason }) => reason)]
    }
    assert.deepEqual(read('2 ans et 6 mois'), [2.5])
    assert.deepEqual(read('2 ans 6 mois'), [2.5])
    assert.deepEqual(read('2 ans et demi'), [2.5])
    assert.deepEqual(read('6 mois puis 3 ans'), [3.5])
    assert.deepEqual(read('5 ans dont 2 ans en management'), [5])
    assert.deepEqual(read('35 ans, 10 ans d’expérience'), [null, 'experience_ambiguous'])
    assert.deepEqual(read('3 ans chez A, 4 ans chez B'), [null, 'experience_ambiguous'])
  })

  it('finds a salary that tells no amount', () => {
    const reasons = (expected_salary: string) =>
      curated(
        claimedApplication(1, ({ candidate_profile }) => ({
          candidate_profile: candidate_profile && { ...candidate_profile, expected_salary }
        }))
      ).quality.map(({ field, reason }) => `${field} ${reason}`)
    assert.deepEqual(reasons('"500 000 sur 12 mois"'), ['candidate_profile.expected_salary salary_unclear'])
    assert.deepEqual(reasons('"à discuter"'), [])
    assert.deepEqual(reasons('"1 500,50"'), [])
  })

  it('finds times that cannot be', () => {
    const record = curated(
      claimedApplication(1, ({ application, source }) => ({
        application: { ...application, created_at: source.read_at_us + 10 * 86_400_000_000 }
      }))
    )
    assert.equal(record.application.created_at, null)
    assert.deepEqual(reasons(record), [
      'updated_at updated_before_created',
      'created_at created_at_implausible'
    ])
  })

  it('does not change when it is curated again', () => {
    const word = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom(
        ' a@example.com',
        'A@B',
        '074 00 00 01',
        '+33 1 99 00 12 34',
        'example.com/a b',
        '5 ans',
        'CI/CD, go'
      )
    )
    const some = fc.option(word)
    const json = fc.option(
      fc
        .oneof(fc.jsonValue(), fc.array(word), fc.dictionary(word, fc.array(word)), word)
        .map((value) => JSON.stringify(value))
    )
    const answers = fc.option(
      fc
        .record({ reponses_metier: fc.jsonValue(), talent: fc.array(word), reponses_paradigme: word })
        .map((value) => JSON.stringify(value))
    )
    const input = fc.record({ texts: fc.array(some, { minLength: 12, maxLength: 12 }), json, answers })
    fc.assert(
      fc.property(input, ({ texts, json, answers }) => {
        const once = curated(madeOf(texts, json, answers))
        const again = curated(asClaimed(once))
        // What was found the first time is gone from the record, and is not found again.
        assert.deepEqual({ ...again, quality: [] }, { ...once, quality: [] })
      })
    )
  })
})

function madeOf(
  texts: readonly (string | null)[],
  json: string | null,
  answers: string | null
): ClaimedApplication {
  const at = (n: number) => texts[n] ?? null
  return claimedApplication(1, ({ application, candidate, candidate_profile, job_offer }) => ({
    application: { ...application, mtp_answers: answers, ref_contact: at(0), status: at(1) },
    candidate: candidate && {
      ...candidate,
      email: at(2),
      first_name: at(3),
      last_name: at(4),
      phone: at(5),
      address: at(6),
      post: at(7),
      experience: at(8)
    },
    candidate_profile: candidate_profile && {
      ...candidate_profile,
      skills: json,
      linkedin: at(9),
      portfolio: at(10)
    },
    job_offer: job_offer && { ...job_offer, title: at(11) },
    documents: []
  }))
}

/** A curated record in the form of what it was made of. */
function asClaimed(record: CuratedApplication): ClaimedApplication {
  const { application, candidate, candidate_profile, job_offer, source } = record
  const { metier, talent, paradigme } = application.mtp_answers
  return {
    application: {
      ...application,
      mtp_answers: JSON.stringify({
        reponses_metier: metier,
        reponses_talent: talent,
        reponses_paradigme: paradigme
      })
    },
    candidate,
    candidate_profile: candidate_profile && {
      ...candidate_profile,
      skills: JSON.stringify(candidate_profile.skills)
    },
    job_offer: job_offer && { ...job_offer, mtp_questions: JSON.stringify(job_offer.mtp_questions) },
    documents: [],
    missing: [],
    source
  }
}
