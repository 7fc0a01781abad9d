import { CourantError } from '../errors.ts'
import type { Failure, Item } from '../pipeline.ts'

/**
 * Writes items; when the writer refuses a record, writes the others and returns the refused ones. The writer may name
 * the item in `details.itemId`; otherwise it is found by halving, which is safe because writes may be repeated.
 */
export async function writeBatch(
  write: (items: readonly Item<unknown>[]) => Promise<void>,
  items: readonly Item<unknown>[]
): Promise<Failure[]> {
  if (items.length === 0) return []
  try {
    await write(items)
    return []
  } catch (error) {
    if (!(error instanceof CourantError) || error.verdict !== 'record') throw error
    const [only] = items
    if (items.length === 1 && only) return [{ item: only, error, stage: 'write' }]
    return writeParts(write, splitAround(items, error.details['itemId']))
  }
}

async function writeParts(
  write: (items: readonly Item<unknown>[]) => Promise<void>,
  parts: readonly (readonly Item<unknown>[])[]
): Promise<Failure[]> {
  const failures: Failure[] = []
  // One after the other: order holds within a key.
  for (const part of parts) for (const failure of await writeBatch(write, part)) failures.push(failure)
  return failures
}

function splitAround(items: readonly Item<unknown>[], itemId: unknown): (readonly Item<unknown>[])[] {
  const at = items.findIndex((item) => item.id === itemId)
  if (at === -1) {
    const half = items.length >> 1
    return [items.slice(0, half), items.slice(half)]
  }
  return [items.slice(0, at), items.slice(at, at + 1), items.slice(at + 1)]
}
