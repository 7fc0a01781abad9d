/** Texts that a batch runs by EXEC (N'…'), each of which is a batch of its own to the server. */
function innerBatches(batch: string): string[] {
  const calls = batch.matchAll(/\bEXEC(?:UTE)?\s*\(\s*N?'((?:[^']|'')*)'\s*\)/gi)
  return [...calls].map(([, text = '']) => text.replaceAll("''", "'"))
}

/** Batches as one script, those that they run by EXEC behind them. */
export const scriptOf = (batches: readonly string[]): string =>
  [...batches, ...batches.flatMap(innerBatches)].map((batch) => `${batch}\nGO\n`).join('')
