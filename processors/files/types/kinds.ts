/** How values of a column are kept: the types of our tables, and texts that must stay text. */
export type Base = 'text' | 'code' | 'integer' | 'decimal' | 'date' | 'timestamp' | 'boolean'

/** What the values of a column are, in the words of French open data. */
export type Kind = keyof typeof kinds

interface KindEntry {
  readonly base: Base
  /** What is expected of a value, after "is not" in both languages. */
  readonly fr: string
  readonly en: string
}

const kind = (base: Base, fr: string, en: string): KindEntry => ({ base, fr, en })

/** Every kind a column can be. */
export const kinds = {
  text: kind('text', 'un texte', 'a text'),
  integer: kind('integer', 'un nombre entier', 'a whole number'),
  decimal: kind('decimal', 'un nombre', 'a number'),
  percent: kind('decimal', 'un pourcentage', 'a percentage'),
  money: kind('decimal', 'un montant', 'an amount of money'),
  latitude: kind('decimal', 'une latitude', 'a latitude'),
  longitude: kind('decimal', 'une longitude', 'a longitude'),
  coordinates: kind('text', 'des coordonnées « latitude, longitude »', 'coordinates "latitude, longitude"'),
  year: kind('integer', 'une année', 'a year'),
  date: kind('date', 'une date', 'a date'),
  timestamp: kind('timestamp', 'une date avec heure', 'a date with a time'),
  quarter: kind('text', 'un trimestre (2019-T4)', 'a quarter (2019-T4)'),
  month: kind('text', 'un mois (2019-12)', 'a month (2019-12)'),
  period: kind('text', 'une période (2019-T4, 2019-12, 2019)', 'a period (2019-T4, 2019-12, 2019)'),
  boolean: kind('boolean', 'oui ou non', 'yes or no'),
  departement: kind('code', 'un code de département', "a department's code"),
  region: kind('code', 'un code de région', "a region's code"),
  commune: kind('code', 'un code de commune (INSEE)', "a commune's code (INSEE)"),
  code_postal: kind('code', 'un code postal', 'a postal code'),
  epci: kind('code', 'un code d’EPCI (SIREN)', "an EPCI's code (SIREN)"),
  siren: kind('code', 'un SIREN', 'a SIREN'),
  siret: kind('code', 'un SIRET', 'a SIRET'),
  rna: kind('code', 'un numéro RNA (W et 9 chiffres)', 'an RNA number (W and 9 figures)'),
  uai: kind('code', 'un numéro UAI', 'a UAI number'),
  naf: kind('code', 'un code NAF', 'a NAF code'),
  code: kind('code', 'un code', 'a code'),
  telephone: kind('code', 'un numéro de téléphone', 'a phone number'),
  email: kind('text', 'une adresse de courriel', 'an e-mail address'),
  url: kind('text', 'une adresse web', 'a web address'),
  uuid: kind('code', 'un UUID', 'a UUID'),
  tour: kind('integer', 'un tour de scrutin', "an election's round"),
  nuance: kind('code', 'une nuance politique', 'a political shade'),
  status: kind('code', 'une marque de statut statistique', 'a mark of statistical status')
} as const satisfies Readonly<Record<string, KindEntry>>

export const isKind = (name: string): name is Kind => Object.hasOwn(kinds, name)
export const baseOf = (name: Kind): Base => kinds[name].base
