import { CourantError } from '../../../runtime/errors.ts'

/** Values of a row by the names of columns; null where there is none. */
type Lookup = (name: string) => number | null

/** A rule that every row keeps, such as `votants <= inscrits` or `sum(*) = exprimes`. */
export interface RowRule {
  readonly text: string
  /** The columns it is about; `*` stands for those that are unpivoted. */
  readonly names: readonly string[]
  /** What the row has on both sides where it does not hold; null where it holds, or a value is missing. */
  broken(lookup: Lookup): string | null
}

type Expression = (lookup: Lookup) => number | null

const comparisons: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '=': (a, b) => Math.abs(a - b) < 1e-9
}

/** Reads a rule: two sums of columns and numbers with a comparison between them, and a tolerance after `±` if there is one. */
export function rowRule(text: string): RowRule {
  const [body = '', tolerance] = text.split('±')
  const found = /^(.+?)(<=|>=|=|<|>)(.+)$/.exec(body)
  if (!found) throw invalid(text)
  const names: string[] = []
  const left = sumOf(found[1] ?? '', { text, names })
  const right = sumOf(found[3] ?? '', { text, names })
  const compare = comparisons[found[2] ?? ''] as (a: number, b: number) => boolean
  const slack = tolerance === undefined ? 0 : Number(tolerance)
  if (Number.isNaN(slack)) throw invalid(text)
  return {
    text,
    names,
    broken(lookup) {
      const [a, b] = [left(lookup), right(lookup)]
      if (a === null || b === null || compare(a, b) || Math.abs(a - b) <= slack) return null
      return `${a} ${found[2]} ${b}`
    }
  }
}

const invalid = (text: string) =>
  new CourantError(
    'CONFIG_INVALID',
    `The rule "${text}" is not understood: write two sums of columns with <=, >=, <, > or = between them, such as "votants <= inscrits" or "sum(*) = exprimes"`
  )

interface Reading {
  readonly text: string
  readonly names: string[]
}

/** Terms joined by + or -; each is a number, a name, or products of them. */
function sumOf(source: string, reading: Reading): Expression {
  const terms = source.split(/\s([+-])\s/)
  const parts = terms
    .filter((_, index) => index % 2 === 0)
    .map((term, index) => ({
      sign: index > 0 && terms[index * 2 - 1] === '-' ? -1 : 1,
      of: product(term, reading)
    }))
  return (lookup) => {
    let sum = 0
    for (const { sign, of } of parts) {
      const value = of(lookup)
      if (value === null) return null
      sum += sign * value
    }
    return sum
  }
}

function product(source: string, reading: Reading): Expression {
  const factors = source.split(/\s([*/])\s/)
  const parts = factors
    .filter((_, index) => index % 2 === 0)
    .map((factor, index) => ({
      divides: index > 0 && factors[index * 2 - 1] === '/',
      of: operand(factor.trim(), reading)
    }))
  return (lookup) => {
    let result = 1
    for (const { divides, of } of parts) {
      const value = of(lookup)
      if (value === null || (divides && value === 0)) return null
      result = divides ? result / value : result * value
    }
    return result
  }
}

function operand(source: string, { text, names }: Reading): Expression {
  if (/^-?\d+(?:\.\d+)?$/.test(source)) return () => Number(source)
  const name = source === 'sum(*)' ? '*' : source
  if (name !== '*' && !/^[a-z_][a-z0-9_]*$/.test(name)) throw invalid(text)
  names.push(name)
  return (lookup) => lookup(name)
}
