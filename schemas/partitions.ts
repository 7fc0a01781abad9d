import { CourantError } from '../runtime/errors.ts'

const most = 10_000

/** How many partitions the topics of a schema are made with, if its file says; throws when that is no count. */
export function declaredPartitions(
  { partitions }: { readonly partitions?: unknown },
  file: string
): { readonly partitions?: number } {
  if (partitions === undefined) return {}
  if (typeof partitions === 'number' && Number.isInteger(partitions) && partitions >= 1 && partitions <= most)
    return { partitions }
  throw new CourantError(
    'SCHEMA_INVALID',
    `${file} declares ${JSON.stringify(partitions)} partitions: write a whole number from 1 to ${most}`
  )
}
