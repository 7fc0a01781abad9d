/** A text taken apart at what may be separators: pieces already without escapes. */
interface Pieces {
  readonly pieces: readonly string[]
  /** Places between pieces, by the piece before, where `~~;` may be a `~` and a separator or the text `~;`. */
  readonly doubtful: readonly number[]
}

/**
 * The elements of an OpenEdge array ("extent"), which SQL shows as one text: `;` between elements, `?` for the unknown
 * value and `~?` for a question mark. A `~` stands before a `;` that is meant, and before a `~` that is meant where
 * `;`, `~` or the end follows; any other `~` is itself (OpenEdge SQL Reference, PRO_ARR_ESCAPE). By those rules
 * `aa~~;aa` is `aa~` and `aa` as well as `aa~;aa`: only how many elements there are tells. Null when it does not.
 */
export function splitExtent(text: string, extent: number): (string | null)[] | null {
  if (!text.includes('~')) return text.split(';').map((piece) => (piece === '?' ? null : piece))
  const { pieces, doubtful } = piecesOf(text)
  const surplus = pieces.length - extent
  if (surplus <= 0 || doubtful.length === 0) return pieces.map(valueOf)
  if (surplus !== doubtful.length) return null
  const joined: string[] = []
  for (const [n, piece] of pieces.entries())
    if (doubtful.includes(n - 1)) joined.push(`${joined.pop()};${piece}`)
    else joined.push(piece)
  return joined.map(valueOf)
}

const valueOf = (piece: string): string | null => (piece === '?' ? null : piece === '~?' ? '?' : piece)

/** Every escape that there can be, and what it stands for. */
const token = /~;|~~|;|[^~;]+|~/g

function piecesOf(text: string): Pieces {
  const pieces: string[] = ['']
  const doubtful: number[] = []
  let before = ''
  for (const [found] of text.matchAll(token)) {
    if (found === ';') {
      if (before === '~~') doubtful.push(pieces.length - 1)
      pieces.push('')
    } else {
      const meant = found === '~;' ? ';' : found === '~~' ? '~' : found
      pieces.push(`${pieces.pop()}${meant}`)
    }
    before = found
  }
  return { pieces, doubtful }
}
