/**
 * What publishers write where there is no value, beside nothing: statistical secrecy, not available, not concerned, and
 * what spreadsheets and programs leave. A contract adds its own.
 */
const markers = new Set([
  'NA',
  'N/A',
  '#N/A',
  'N.A.',
  'NC',
  'N.C.',
  'N/C',
  'ND',
  'N.D.',
  'N/D',
  'NR',
  'NS',
  'S',
  'SO',
  'S.O.',
  'SS',
  'SECRET',
  '(O)',
  '(S)',
  '(N)',
  'C',
  ':',
  '-',
  '--',
  '---',
  '–',
  '—',
  '.',
  '..',
  '...',
  '…',
  '/',
  '//',
  '///',
  '*',
  '**',
  '?',
  'NULL',
  '(NULL)',
  'NONE',
  'NAN',
  '<NA>',
  'NIL',
  '\\N',
  '#REF!',
  '#DIV/0!',
  '#VALUE!',
  '#VALEUR!',
  '#NOM?',
  '#NAME?',
  '#NUM!',
  '#NOMBRE!',
  'NON DISPONIBLE',
  'NON CONNU',
  'NON RENSEIGNÉ',
  'NON RENSEIGNE',
  'NON DIFFUSÉ',
  'INCONNU',
  'N.R.',
  'N.S.',
  'INDISPONIBLE',
  'NON COMMUNIQUÉ',
  'SANS OBJET',
  'SECRET STATISTIQUE',
  'VIDE',
  'AUCUNE',
  '(VIDE)',
  'NÉANT',
  'NEANT'
])

/** Dates that stand for none, in programs that need one. */
const noDates = new Set([
  '0001-01-01',
  '1900-01-00',
  '0000-00-00',
  '00/00/0000',
  '01/01/0001',
  '9999-12-31',
  '31/12/9999'
])

/** Whether a text says that there is no value, in a column of anything but text. */
export const isMissingMarker = (text: string): boolean => text.length < 20 && markers.has(text.toUpperCase())

export const isNoDate = (text: string): boolean => noDates.has(text.slice(0, 10))

/** Marks of how sure a figure is (provisional, revised, estimated …), which series have in rows or columns of their own. */
export const isStatusMark = (text: string): boolean => /^\(?[A-Z]{1,2}\)?$/i.test(text) && text.length < 5
