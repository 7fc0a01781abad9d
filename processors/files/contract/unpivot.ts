import type { Plan } from '../check/plan.ts'
import { fold } from '../types/fold.ts'
import type { Unpivot } from './contract.ts'

/** A row by the names of its columns. */
export type LongRow = Readonly<Record<string, string | null>>

/** Makes one row of each repeated block, or of each further column, beside what they share. Blocks without a value are none. */
export function unpivoted(plan: Plan, unpivot: Unpivot): (values: readonly (string | null)[]) => LongRow[] {
  return unpivot.block.length === 0 ? byColumn(plan, unpivot) : byBlock(plan, unpivot)
}

function byColumn(
  { columns }: Plan,
  { name, value }: Unpivot
): (values: readonly (string | null)[]) => LongRow[] {
  const shared = columns.map(({ isOpen }) => !isOpen)
  return (values) => {
    const common = Object.fromEntries(
      columns.flatMap(({ target }, at) => (shared[at] ? [[target, values[at] ?? null]] : []))
    )
    return columns.flatMap(({ target }, at) =>
      shared[at] ? [] : [{ ...common, [name]: target, [value]: values[at] ?? null }]
    )
  }
}

interface Place {
  readonly at: number
  /** The name of the first block's column. */
  readonly of: string
  readonly number: number
}

function byBlock({ columns }: Plan, { block }: Unpivot): (values: readonly (string | null)[]) => LongRow[] {
  const places = columns.flatMap(({ column }, at) => placeIn(column.name, at, block))
  const taken = new Set(places.map(({ at }) => at))
  const blocks = [...Map.groupBy(places, ({ number }) => number).values()]
  return (values) => {
    const common = Object.fromEntries(
      columns.flatMap(({ target }, at) => (taken.has(at) ? [] : [[target, values[at] ?? null]]))
    )
    return blocks
      .filter((own) => own.some(({ at }) => (values[at] ?? null) !== null))
      .map((own) => ({ ...common, ...Object.fromEntries(own.map(({ of, at }) => [of, values[at] ?? null])) }))
  }
}

/** A number before or after a name tells blocks apart: `Nom 2`, `2 Nom`; the first one may have none. */
function placeIn(name: string, at: number, block: readonly string[]): Place[] {
  const plain = fold(name)
  for (const of of block) {
    const own = fold(of)
    if (plain === own) return [{ at, of, number: 1 }]
    const number = plain.startsWith(`${own} `)
      ? plain.slice(own.length + 1)
      : plain.endsWith(` ${own}`)
        ? plain.slice(0, -own.length - 1)
        : ''
    if (/^\d+$/.test(number)) return [{ at, of, number: Number(number) }]
  }
  return []
}
