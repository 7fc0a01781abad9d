import type { Line } from '../document/document.ts'

/** Lines as text: each bullet and each paragraph on a line of its own, words that a line's end breaks whole again. */
export function paragraphs(lines: readonly Line[]): string | null {
  let text = ''
  let last: Line | undefined
  const right = Math.max(...lines.map((line) => line.box.right))
  for (const line of lines) {
    const shown = line.text.replaceAll('\t', ' ').trim()
    if (!/[\p{L}\d]/u.test(shown)) continue
    if (last === undefined) text = shown
    else if (line.bullet || line.gap > 0.9 || isNewPoint(text, shown) || endsEarly(last, shown, right))
      text += `\n${shown}`
    else if (/\p{L}-$/u.test(text) && /^\p{Ll}/u.test(shown)) text = text.slice(0, -1) + shown
    else text += ` ${shown}`
    last = line
  }
  return last === undefined ? null : text
}

function isNewPoint(text: string, next: string): boolean {
  return /[.:;!?]$/.test(text) && /^\p{Lu}/u.test(next)
}

/** A row that ends early is the last of its point where the next one begins with a capital. */
function endsEarly({ box }: Line, next: string, right: number): boolean {
  return right - box.right > (right - box.left) * 0.18 && /^\p{Lu}/u.test(next)
}
