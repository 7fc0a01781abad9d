import type { CvRefused } from '../../processors/cv/refusal.ts'

/** Why the CV service does not do what it was asked, in French, as old clients have it, and in English. */
const sentences = {
  FILE_MISSING: ['Le champ « file » est obligatoire', 'The field "file" is needed'],
  FIELD_TOO_LONG: ['Un champ du formulaire est trop long', 'A field of the form is too long'],
  PRIORITY_UNKNOWN: [
    'priority doit être premium, standard ou batch',
    'priority must be premium, standard or batch'
  ],
  WEBHOOK_REFUSED: [
    'webhook_url refusée : une adresse publique en http(s), sans identifiants, est attendue',
    'webhook_url refused: it must be a public http(s) address without credentials'
  ],
  CALLBACKS_OFF: [
    'webhook_url refusée : les rappels ne sont pas activés ici (COURANT_CV_SECRET_KEY)',
    'webhook_url refused: callbacks are not switched on here (COURANT_CV_SECRET_KEY)'
  ],
  FORM_INVALID: [
    'Envoyez un formulaire multipart/form-data avec le champ « file »',
    'Send a multipart/form-data form with the field "file"'
  ],
  KEY_INVALID: ['Clé API absente ou invalide', 'The API key is missing or wrong'],
  JOB_UNKNOWN: ['Job introuvable', 'There is no such job'],
  JOB_RUNNING: [
    'Ce job est en cours : attendez sa fin, puis recommencez',
    'This job is running: wait for its end, and try again'
  ],
  IDEMPOTENCY_KEY_INVALID: [
    'Idempotency-Key doit avoir 1 à 128 caractères ASCII visibles',
    'Idempotency-Key must be 1 to 128 visible ASCII characters'
  ],
  UNAVAILABLE: ['Service momentanément indisponible, réessayez', 'Not available for the moment: try again'],
  TOO_MANY: ['Trop de requêtes, réessayez plus tard', 'Too many requests: try again later'],
  FAILED: ['Erreur interne', 'Something went wrong here']
} as const

export interface Refusal {
  readonly status: number
  readonly code: keyof typeof sentences | CvRefused['refusal']
  /** Of a document that is not read. */
  readonly refused?: CvRefused
}

export type Language = 'fr' | 'en'

/** The language a client asks for; French unless English stands first. */
export const languageOf = (header: string | undefined): Language =>
  /^\s*en\b/i.test(header ?? '') ? 'en' : 'fr'

/** The sentence of a refusal. */
export function sentenceOf({ code, refused }: Refusal, language: Language): string {
  if (refused) return refused.sentence(language)
  return sentences[code as keyof typeof sentences][language === 'fr' ? 0 : 1]
}
