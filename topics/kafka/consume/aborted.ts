import { ByteReader } from '../wire/byte-reader.ts'
import { isControl, type RawBatch } from '../wire/batch-decoder.ts'
import { batchLayout } from '../wire/record-batch.ts'

const abortMarker = 0

/**
 * The batches without control markers and without the records of aborted transactions, which a broker leaves for
 * its readers to drop (KIP-98). `aborted` is in order of first offset, as the broker sends it.
 */
export function visibleBatches(
  batches: readonly RawBatch[],
  aborted: readonly { readonly producerId: number; readonly firstOffset: number }[]
): RawBatch[] {
  if (aborted.length === 0) return batches.filter((batch) => !isControl(batch))
  const aborting = new Set<number>()
  let next = 0
  return batches.filter((batch) => {
    for (; next < aborted.length && aborted[next]!.firstOffset <= batch.lastOffset; next++)
      aborting.add(aborted[next]!.producerId)
    if (isControl(batch)) {
      if (markerOf(batch) === abortMarker) aborting.delete(batch.producerId)
      return false
    }
    const isTransactional = (batch.attributes & batchLayout.transactionalFlag) !== 0
    return !(isTransactional && aborting.has(batch.producerId))
  })
}

/** The kind of a control batch: the second 16-bit number in the key of its only record. */
function markerOf(batch: RawBatch): number {
  const reader = new ByteReader(batch.records)
  reader.varint() // length
  reader.at += 1
  reader.varint() // time
  reader.varint() // offset
  reader.varint() // key length
  reader.at += 2
  return reader.int16()
}
