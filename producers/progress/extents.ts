/**
 * The elements of an OpenEdge array ("extent"), which SQL shows as one text: `;` between elements, `?` for the unknown
 * value, and `~` before a `;`, `?` or `~` that is meant (OpenEdge SQL Development, "Array fields").
 */
export function splitExtent(text: string): (string | null)[] {
  if (!text.includes('~')) return text.split(';').map((element) => (element === '?' ? null : element))
  const elements: (string | null)[] = []
  let element = ''
  let isEscaped = false
  for (let at = 0; at <= text.length; at++) {
    const char = text[at]
    if (char === undefined || char === ';') {
      elements.push(element === '?' && !isEscaped ? null : element)
      element = ''
      isEscaped = false
    } else if (char === '~' && at + 1 < text.length) {
      element += text[++at]
      isEscaped = true
    } else element += char
  }
  return elements
}
