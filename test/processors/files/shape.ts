/** A file as some publisher might make it, with what is in it. All figures and persons are invented. */
export interface Shape {
  readonly name: string
  readonly bytes: Uint8Array
  /** Not asked where null: workbooks and JSON have none. */
  readonly encoding: string | null
  readonly delimiter: string | null
  /** The first physical line of the header, or null where the format keeps names apart. */
  readonly header: number | null
  /** Rows of data, good and bad. */
  readonly rows: number
  readonly rejected: number
  readonly types: Readonly<Record<string, Base>>
}

type Base = 'integer' | 'decimal' | 'code' | 'date' | 'timestamp' | 'text' | 'boolean'

const places = [
  ['01', 'Ain', 'Bourg-en-Bresse'],
  ['02', 'Aisne', 'Laon'],
  ['03', 'Allier', 'Moulins'],
  ['07', 'Ardèche', 'Privas'],
  ['09', 'Ariège', 'Foix'],
  ['12', 'Aveyron', 'Rodez'],
  ['22', 'Côtes-d’Armor'.replace('’', "'"), 'Saint-Brieuc'],
  ['2A', 'Corse-du-Sud', 'Ajaccio'],
  ['2B', 'Haute-Corse', 'Bastia'],
  ['26', 'Drôme', 'Valence'],
  ['29', 'Finistère', 'Quimper'],
  ['34', 'Hérault', 'Montpellier'],
  ['38', 'Isère', 'Grenoble'],
  ['42', 'Loire', 'Saint-Étienne'],
  ['48', 'Lozère', 'Mende'],
  ['54', 'Meurthe-et-Moselle', 'Nancy'],
  ['58', 'Nièvre', 'Nevers'],
  ['63', 'Puy-de-Dôme', 'Clermont-Ferrand'],
  ['64', 'Pyrénées-Atlantiques', 'Pau'],
  ['69', 'Rhône', 'Lyon'],
  ['70', 'Haute-Saône', 'Vesoul'],
  ['75', 'Paris', 'Paris'],
  ['88', 'Vosges', 'Épinal'],
  ['971', 'Guadeloupe', 'Basse-Terre'],
  ['974', 'La Réunion', 'Saint-Denis']
] as const

export const code = (at: number) => places[at % places.length]?.[0] ?? ''
export const label = (at: number) => places[at % places.length]?.[1] ?? ''
export const town = (at: number) => places[at % places.length]?.[2] ?? ''
/** A number that looks like any, the same each time. */
export const some = (at: number, salt: number, most: number) =>
  ((at + 1) * 7_919 * (salt + 3) + at * at * 131 + salt * 17) % most
export const grouped = (number: number, sign: string) => String(number).replaceAll(/\B(?=(\d{3})+$)/g, sign)
export const comma = (number: number, digits = 2) => number.toFixed(digits).replace('.', ',')

export const table = (count: number, row: (at: number) => readonly (string | number)[], marks = ';\n') =>
  Array.from({ length: count }, (_, at) => row(at).join(marks[0])).join(marks.slice(1)) + marks.slice(1)

export type Rest = Partial<Omit<Shape, 'name' | 'bytes'>>

export const text = (name: string, content: string, rest: Rest): Shape => ({
  name: `${name}.csv`,
  bytes: encode(content, rest.encoding ?? 'utf-8'),
  encoding: 'utf-8',
  delimiter: ';',
  header: 1,
  rows: places.length,
  rejected: 0,
  types: {},
  ...rest
})

const cp850: Readonly<Record<string, number>> = {
  é: 0x82,
  è: 0x8a,
  ê: 0x88,
  à: 0x85,
  ç: 0x87,
  ô: 0x93,
  î: 0x8c,
  ï: 0x8b,
  û: 0x96,
  É: 0x90
}
const mac: Readonly<Record<string, number>> = {
  é: 0x8e,
  è: 0x8f,
  ê: 0x90,
  à: 0x88,
  ç: 0x8d,
  ô: 0x99,
  î: 0x94,
  ï: 0x95,
  û: 0x9e,
  É: 0x83
}
const paged = (content: string, page: Readonly<Record<string, number>>) =>
  Buffer.from(Array.from(content, (sign) => page[sign] ?? sign.charCodeAt(0)))

function encode(content: string, encoding: string): Uint8Array {
  if (encoding === 'utf-8-sig') return Buffer.from(`\ufeff${content}`)
  if (encoding === 'utf-16le') return Buffer.from(`\ufeff${content}`, 'utf16le')
  if (encoding === 'cp1252')
    return Buffer.from(
      content.replaceAll('€', '\x80').replaceAll('’', '\x92').replaceAll('œ', '\x9c'),
      'latin1'
    )
  if (encoding === 'cp850') return paged(content, cp850)
  return encoding === 'mac-roman' ? paged(content, mac) : Buffer.from(content)
}

export const n = places.length
