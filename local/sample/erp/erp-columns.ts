/** A column of the ERP sample: its type at the source, and its value as SQL over the row's number `g`. */
export interface ErpColumn {
  readonly name: string
  /** As PostgreSQL declares the column of the view, such as `varchar(60)`. */
  readonly type: string
  /** Elements, when it is an array; its type is then that of the text which holds them all. */
  readonly extent?: number
  readonly value: string
}

const words = [
  'acier',
  'béton',
  'câble',
  'dévidoir',
  'équerre',
  'fenêtre',
  'gâche',
  'hêtre',
  'isolant',
  'joint',
  'laiton',
  'mât',
  'nœud',
  'œillet',
  'palette',
  'réglette',
  'siège',
  'tôle',
  'vérin',
  'zinc'
]

const towns = ['Angers', 'Béziers', 'Besançon', 'Évreux', 'Fougères', 'Liège', 'Nîmes', 'Saint-Étienne']

/** A list as an SQL array. */
const array = (texts: readonly string[]) => `(ARRAY[${texts.map((text) => `'${text}'`).join(',')}])`

/**
 * A whole number from 0 up to but not including `below`, another for each `seed`, the same on every machine: the upper
 * bits of Knuth's multiplicative hash.
 */
export const chance = (seed: number, below: number) =>
  `((g * 131 + ${seed}) * 2654435761 % 4294967296 / 64 % ${below})`

const oneOf = (texts: readonly string[], seed: number) => `${array(texts)}[1 + ${chance(seed, texts.length)}]`

export const word = (seed: number) => oneOf(words, seed)
export const town = (seed: number) => oneOf(towns, seed)

/** NULL in all but one of `every` rows. */
const seldom = (value: string, seed: number, every: number) =>
  `CASE WHEN ${chance(seed, every)} = 0 THEN ${value} END`

/** A day of the last ten years. */
export const day = (seed: number) => `date '2016-01-04' + ${chance(seed, 3900)}::int`

type Maker = (seed: number) => Omit<ErpColumn, 'name'>

/** What the hundreds of further columns of an ERP table are like: mostly short, often empty. */
const fillers: readonly (readonly [prefix: string, make: Maker])[] = [
  ['lib', (n) => ({ type: 'varchar(30)', value: `${word(n)} || ' ' || ${word(n + 1)}` })],
  ['mnt', (n) => ({ type: 'numeric(12,2)', value: `${chance(n, 9_999_999)} / 100.0` })],
  ['code', (n) => ({ type: 'varchar(12)', value: `'C' || ${chance(n, 5000)}` })],
  ['qte', (n) => ({ type: 'integer', value: `${chance(n, 400)} - 20` })],
  ['ind', (n) => ({ type: 'boolean', value: `${chance(n, 3)} = 0` })],
  ['dat', (n) => ({ type: 'date', value: seldom(day(n), n + 1, 4) })],
  ['txt', (n) => ({ type: 'varchar(40)', value: seldom(`'à revoir : ' || ${word(n)}`, n, 6) })],
  ['tx', (n) => ({ type: 'numeric(9,4)', value: `${chance(n, 200_000)} / 10000.0` })],
  ['typ', (n) => ({ type: 'varchar(8)', value: oneOf(['', 'A', 'B', 'STD'], n) })],
  ['nb', (n) => ({ type: 'integer', value: seldom(chance(n, 1000), n, 3) })]
]

/** Further columns with dashed names, such as `lib-001`, until there are `count`. */
export function fillerColumns(count: number): ErpColumn[] {
  return Array.from({ length: count }, (_, n) => {
    const [prefix, make] = fillers[n % fillers.length] as (typeof fillers)[number]
    return { name: `${prefix}-${String(n + 1).padStart(3, '0')}`, ...make(n + 1) }
  })
}
