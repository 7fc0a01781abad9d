export type Language = 'fr' | 'en'

const french = {
  verdicts: {
    accept: 'accepté',
    accept_with_rejects: 'accepté, avec des réserves',
    reject: 'refusé'
  },
  read: 'Lu comme',
  dataset: 'Contrat',
  rows: 'Lignes de données',
  lines: 'Lignes du fichier',
  columns: 'Colonnes',
  good: 'bonnes',
  rejected: 'mises de côté',
  repeated: 'répétées',
  levels: { file: '✗', row: '✗', aside: '!', info: '·' },
  parts: {
    header: 'en-tête',
    title: 'titre',
    blank: 'vides',
    footer: 'notes',
    good: 'bonnes',
    rejected: 'mises de côté',
    repeated: 'répétées'
  },
  delimiter: (sign: string | null) =>
    sign === null || sign === '' ? null : `séparateur ${sign === '\t' ? 'tabulation' : sign}`
}

const english: typeof french = {
  verdicts: { accept: 'accepted', accept_with_rejects: 'accepted, with reservations', reject: 'refused' },
  read: 'Read as',
  dataset: 'Contract',
  rows: 'Rows of data',
  lines: 'Lines of the file',
  columns: 'Columns',
  good: 'good',
  rejected: 'set aside',
  repeated: 'repeated',
  levels: french.levels,
  parts: {
    header: 'header',
    title: 'title',
    blank: 'blank',
    footer: 'notes',
    good: 'good',
    rejected: 'set aside',
    repeated: 'repeated'
  },
  delimiter: (sign) => (sign === null || sign === '' ? null : `delimiter ${sign === '\t' ? 'tab' : sign}`)
}

/** What a report is made of beside the sentences of findings. */
export const wordsOf = (language: Language): typeof french => (language === 'fr' ? french : english)
