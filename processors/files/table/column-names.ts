import { trimmed } from '../types/fold.ts'
import { isFigure, valuesAt } from './header-score.ts'

/** A column of a table, by its place and its name. */
export interface Column {
  readonly index: number
  /** As the header writes it, which may have line ends in it; unique within the table. */
  readonly name: string
  /** What a second line of names says of it. */
  readonly alias?: string
  /** Whether the header had no name for it. */
  readonly isUnnamed: boolean
}

/** Columns that are there several times, such as those of each candidate: only the first ones are named. */
interface Block {
  readonly start: number
  readonly size: number
  readonly count: number
}

export interface NamedColumns {
  readonly columns: readonly Column[]
  readonly block: Block | null
  /** Names that several columns had, with what the later one is called. */
  readonly renamed: readonly { readonly from: string; readonly to: string }[]
}

interface Under {
  readonly body: readonly (readonly string[])[]
}

/** Names for all columns: those of the header, of its second line where the first is merged, of repeated blocks. */
export function nameColumns(
  header: readonly string[],
  second: readonly string[] | null,
  { body }: Under
): NamedColumns {
  const width = body.reduce((most, cells) => Math.max(most, cells.length), header.length)
  const first = Array.from({ length: width }, (_, index) => trimmed(header[index] ?? ''))
  const block = second === null ? repeatedBlock(first, body) : null
  const names = second === null ? first : joined(first, second)
  const wanted = names.map((name, index) => (name === '' ? blockName(first, block, index) : name))
  return { ...unique(wanted, { first, second, isNamed: (index) => names[index] !== '' }), block }
}

/** A merged cell names all columns under it; its name comes before theirs. */
function joined(first: readonly string[], second: readonly string[]): string[] {
  let group = ''
  return first.map((name, index) => {
    const own = trimmed(second[index] ?? '')
    if (name !== '') group = name
    if (own === '') return name
    if (name === '') return group === '' ? own : `${group} / ${own}`
    // A merged cell goes on to the right.
    const isGroup = first[index + 1] === '' && trimmed(second[index + 1] ?? '') !== ''
    return isGroup || first.indexOf(name) !== first.lastIndexOf(name) ? `${name} / ${own}` : name
  })
}

function blockName(first: readonly string[], block: Block | null, index: number): string {
  if (block === null || index < block.start + block.size) return ''
  const place = (index - block.start) % block.size
  const number = Math.floor((index - block.start) / block.size) + 1
  return number > block.count ? '' : `${first[block.start + place]} ${number}`
}

interface Naming {
  readonly first: readonly string[]
  readonly second: readonly string[] | null
  readonly isNamed: (index: number) => boolean
}

function unique(names: readonly string[], { first, second, isNamed }: Naming): Omit<NamedColumns, 'block'> {
  const taken = new Set(names)
  const used = new Set<string>()
  const renamed: { from: string; to: string }[] = []
  const columns = names.map((wanted, index): Column => {
    const base = wanted === '' ? `colonne_${index + 1}` : wanted
    let name = base
    for (let number = 2; used.has(name) || (name !== base && taken.has(name)); number++)
      name = `${base}_${number}`
    used.add(name)
    if (name !== base) renamed.push({ from: base, to: name })
    const alias = trimmed(second?.[index] ?? '')
    const isAlias = alias !== '' && first[index] === name
    return { index, name, isUnnamed: !isNamed(index), ...(isAlias && { alias }) }
  })
  return { columns, renamed }
}

/** Unnamed columns to the right that repeat the kinds of values of the last named ones. */
function repeatedBlock(first: readonly string[], body: readonly (readonly string[])[]): Block | null {
  const start = first.findIndex(
    (name, index) => name === '' && first.slice(index).every((later) => later === '')
  )
  if (start < 2) return null
  const kinds = first.map((_, index) => kindAt(body, index))
  let end = first.length
  while (end > start && kinds[end - 1] === 'empty') end--
  const unnamed = end - start
  for (let size = 2; size <= Math.min(start, unnamed); size++) {
    if (unnamed % size !== 0) continue
    const isSame = Array.from({ length: unnamed }, (_, offset) => start + offset).every(
      (index) => kinds[index] === 'empty' || kinds[index] === kinds[index - size]
    )
    if (isSame && new Set(kinds.slice(start - size, start)).size > 1)
      return { start: start - size, size, count: unnamed / size + 1 }
  }
  return null
}

function kindAt(body: readonly (readonly string[])[], index: number): 'empty' | 'figures' | 'words' {
  const values = valuesAt(body, index)
  if (values.length === 0) return 'empty'
  return values.filter(isFigure).length > values.length * 0.8 ? 'figures' : 'words'
}
