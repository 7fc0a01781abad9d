import { Rejection } from '../runtime/pipeline.ts'
import type { ColumnKind, ItemKind } from '../schemas/column-kinds.ts'
import type { Column } from '../schemas/table.ts'
import { type CleanContext, type Rule, refuse, ruleOfKind } from './clean-values.ts'
import {
  collectionTree,
  hasBounds,
  NoCollection,
  rangeOf,
  rangesOf,
  type TextTree
} from './collection-text.ts'

/** What a column's kind alone asks for, with what is in its arrays, maps and ranges. */
export function kindRule(type: ColumnKind): Rule {
  if (type.kind === 'range') return (text, context) => range(text, type.bound, context)
  if (type.kind !== 'array' && type.kind !== 'map') return ruleOfKind[type.kind]
  return (text, context) => {
    if (hasBounds(text)) return refuse('bounds', context)
    try {
      return valueOf(multirange(text, type) ?? collectionTree(text), type, context)
    } catch (error) {
      if (error instanceof NoCollection) return refuse('invalid', context)
      throw error
    }
  }
}

/** The ranges of a multirange's text, which reads like an array's without being one. */
const multirange = (text: string, type: ColumnKind): readonly string[] | null =>
  type.kind === 'array' && type.items.type.kind === 'range' ? rangesOf(text) : null

/** A value of a kind out of what was printed for it. */
function valueOf(tree: TextTree, type: ColumnKind, context: CleanContext): unknown {
  const list = (typeof tree === 'string' ? multirange(tree, type) : null) ?? tree
  if (type.kind === 'array') return listOf(list, (one) => itemOf(one, type.items, context), context)
  if (type.kind === 'map') return listOf(tree, (one) => entryOf(one, type, context), context)
  // An array of more dimensions than the field has.
  if (typeof tree !== 'string') return refuse('dimensions', context)
  const column: Column = { name: context.column.name, type, nullable: false, pii: null }
  return kindRule(type)(tree, { ...context, column })
}

function listOf(tree: TextTree, of: (one: TextTree) => unknown, context: CleanContext): unknown {
  if (!Array.isArray(tree)) return refuse('dimensions', context)
  const list: unknown[] = []
  for (const one of tree as readonly TextTree[]) {
    const value = of(one)
    if (value instanceof Rejection) return value
    list.push(value)
  }
  return list
}

function itemOf(tree: TextTree, { type, nullable }: ItemKind, context: CleanContext): unknown {
  if (tree !== null) return valueOf(tree, type, context)
  return nullable ? null : refuse('missing', context)
}

function entryOf(
  tree: TextTree,
  { key, value }: Extract<ColumnKind, { kind: 'map' }>,
  context: CleanContext
): unknown {
  if (!Array.isArray(tree) || tree.length !== 2) return refuse('invalid', context)
  const [keyTree, valueTree] = tree as [TextTree, TextTree]
  const cleanKey = itemOf(keyTree, { type: key, nullable: false }, context)
  const cleanValue = itemOf(valueTree, value, context)
  if (cleanKey instanceof Rejection) return cleanKey
  return cleanValue instanceof Rejection ? cleanValue : { key: cleanKey, value: cleanValue }
}

function range(text: string, bound: ColumnKind, context: CleanContext): unknown {
  const found = rangeOf(text)
  if (!found) return refuse('invalid', context)
  const lower = itemOf(found.lower, { type: bound, nullable: true }, context)
  const upper = itemOf(found.upper, { type: bound, nullable: true }, context)
  if (lower instanceof Rejection) return lower
  return upper instanceof Rejection ? upper : { ...found, lower, upper }
}
