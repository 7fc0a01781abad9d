import type { Pool } from 'pg'
import { pdfOf } from '../../../local/sample/applications/pdf.ts'

/** Secrets of the world. */
export const secrets = {
  WEBHOOK_SECRET: `canary-token-${'t'.repeat(32)}`,
  AZ_FUNC_ON_APP_SUBMITTED_KEY: 'canary-function-key',
  COURANT_APPLICATIONS_SALT: 'canary-salt'
}

/** Where the address of the Teams workflow holds its key. */
export const teamsKey = 'canary-teams-signature'

/** A person whose every datum is known again wherever it stands; her application is one that a sink refuses. */
export const canary = {
  id: 'c0ffee00-0000-4000-8000-00000000cafe',
  candidateId: 'c0ffee00-0000-4000-8000-00000000cafd',
  email: 'zoufira.kanarimba@example.com',
  firstName: 'Zoufira',
  lastName: 'Kanarimba',
  phone: '+241 74 00 00 99',
  address: 'BP 777, Kanariville',
  matricule: 'KNR4711',
  linkedin: 'https://www.linkedin.com/in/kanari-example',
  answer: 'réponse kanariesque',
  reference: 'Kanarius Référent',
  referenceMail: 'kanarius@example.com'
}

/** What may be seen nowhere but in the values of topics and in the contents of blobs. */
export const canaries: readonly string[] = [
  ...Object.values(secrets),
  teamsKey,
  'zoufira',
  // Names, address, e-mails, answers and references all have it.
  'kanari',
  'knr4711',
  '74 00 00 99',
  '74000099'
]

/** Puts the person and the application among the others. */
export async function plantCanary(database: Pool): Promise<void> {
  const { id, candidateId, email, firstName, lastName, phone, address, matricule } = canary
  await database.query(
    `INSERT INTO "user" (id, email, first_name, last_name, phone, address, matricule, post, experience)
     VALUES ($1, $2, $3, $4, $5, $6, $7, 'Comptable', '4 ans')`,
    [candidateId, email, firstName, lastName, phone, address, matricule]
  )
  await database.query(
    `INSERT INTO candidate_profile (id, user_id, skills, linkedin) VALUES (gen_random_uuid(), $1, '["SQL"]', $2)`,
    [candidateId, canary.linkedin]
  )
  await database.query(
    `INSERT INTO application (id, candidate_id, job_offer_id, status, mtp_answers, ref_fullname, ref_mail, created_at)
     SELECT $1, $2, id, 'candidature', $3, $4, $5, now() FROM job_offer LIMIT 1`,
    [
      id,
      candidateId,
      JSON.stringify({ reponses_metier: [canary.answer] }),
      canary.reference,
      canary.referenceMail
    ]
  )
  for (const kind of ['cv', 'diplome'])
    await database.query(
      `INSERT INTO application_documents (id, application_id, kind, filename, content)
       VALUES (gen_random_uuid(), $1, $2, $3, $4)`,
      [id, kind, `${kind} ${firstName} ${lastName} 74000099 ${matricule}.pdf`, pdfOf([canary.answer])]
    )
}
