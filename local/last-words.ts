const complains =
  /error|exception|fatal|fail|cannot|can't|could not|unable|denied|refused|no space|in use|panic/i
// Of a stack trace only its head says what went wrong; Maven's and npm's advice says nothing.
const isNoise =
  /^\s*(at |\.\.\. \d+ more|$)|\[ERROR\]\s*(\[Help|re-run|to see the full|for more information|$)|A complete log of this run|full stack trace/i

/** The line of a program's output that most likely says why it failed: the last that complains, else the last. */
export function lastWords(text: string): string {
  const lines = text.split('\n').filter((line) => !isNoise.test(line))
  const line = lines.findLast((one) => complains.test(one)) ?? lines.at(-1) ?? ''
  const trimmed = line.trim()
  return trimmed.length > 400 ? `${trimmed.slice(0, 400)}…` : trimmed
}
