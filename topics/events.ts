import { CourantError } from '../runtime/errors.ts'
import type { Item, Position } from '../runtime/pipeline.ts'
import { type Problem, problemOf } from './registry/codec.ts'
import type { Topic } from './topic.ts'

/** An event that somebody sent as JSON, ready to be written, or what is wrong with it. */
export type CheckedEvent<T> =
  | { readonly item: Item<T>; readonly problem?: never }
  | { readonly problem: Problem; readonly item?: never }

/**
 * Checks parsed JSON against a topic's schema: every field it declares, none that it does not. Timestamps are numbers of
 * microseconds, decimals and UUIDs text. `id` is used when the value has none of its own.
 */
export function checkEvent<T>(topic: Topic<T>, value: unknown, id: string): CheckedEvent<T> {
  const problem = problemOf(topic.type, value)
  if (problem) return { problem }
  try {
    const event = value as T
    const key = topic.shape.keyOf(event)
    const at = topic.shape.atOf?.(event) ?? new Date()
    return {
      item: { id: topic.shape.idOf?.(event, key) ?? id, value: event, key, at, position: '' as Position }
    }
  } catch (error) {
    if (error instanceof CourantError && error.code === 'RECORD_INVALID')
      return { problem: { path: '', wanted: `as it should be: ${error.message}` } }
    throw error
  }
}

/** A problem as a sentence. */
export const sentenceOf = ({ path, wanted }: Problem) => `${path || 'the value'} is not ${wanted}`
