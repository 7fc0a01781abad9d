import { CourantError } from '../../runtime/errors.ts'
import { mapAtOnce } from '../../runtime/loop/map-at-once.ts'
import type { Batching, LogItem } from '../../runtime/pipeline.ts'

/** Keys that a sink writes at the same time. */
const keysAtOnce = 8

/** Small batches: a blob a time is slow, and a stop waits for the batch in hand. */
export const blobBatching: Batching = { maxItems: 100, lingerMs: 0 }

/** Writes items, several keys at a time and each key's in order (promise 4). An error about a record names its item. */
export async function writeByKey<T>(
  items: readonly LogItem<T>[],
  signal: AbortSignal,
  write: (item: LogItem<T>) => Promise<void>
): Promise<void> {
  const byKey = Map.groupBy(items, ({ key }) => key)
  await mapAtOnce([...byKey.values()], keysAtOnce, async (ofKey) => {
    for (const item of ofKey) {
      signal.throwIfAborted()
      await write(item).catch((error: unknown) => {
        throw naming(item.id, error)
      })
    }
  })
}

function naming(itemId: string, error: unknown): unknown {
  if (!(error instanceof CourantError) || error.verdict !== 'record') return error
  const { code, message, cause, details } = error
  return new CourantError(code, message, {
    ...(cause !== undefined && { cause }),
    details: { ...details, itemId }
  })
}
