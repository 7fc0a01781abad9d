/** Items that a pipeline reads at once, and so writes before it commits them, at most; the same in every process. */
export const mostItemsAtOnce = 1_000

/**
 * How many records back a repeat may lie in a partition. A batch that was written and not committed is written again,
 * after at most one other that its producer found meanwhile; each of their items may be a delete with its tombstone.
 * The rest is room for what else is written there, such as replayed records.
 */
export const repeatWindow = 5 * mostItemsAtOnce
