/** Place on a page in points from its top left corner; formats without pages count lines as 12 points. */
export interface Box {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** How a piece of text looks. `size` in points, `color` as 0xRRGGBB. */
export interface Style {
  readonly size: number
  readonly bold: boolean
  readonly italic: boolean
  readonly color: number
}

/** Text in one style that stands together: a word or more of a row. */
export interface Piece extends Style {
  readonly page: number
  readonly text: string
  readonly box: Box
  readonly link: string | null
  /** White space between its letters, in points: more than nothing where a text is spaced out. */
  readonly spacing: number
}

/** What a format's reader finds: pieces with their places, in the order of the file. */
export interface ReadDocument {
  readonly type: DocumentType
  readonly pages: number
  /** Rows in reading order where the format has an order of its own (DOCX, DOC, RTF, text); null for PDF. */
  readonly lines: readonly Line[] | null
  readonly pieces: readonly Piece[]
  /** Links that stand on no text. */
  readonly links: readonly string[]
  readonly warnings: readonly string[]
  /** Pages whose text was read from a picture of it. */
  readonly ocrPages?: ReadonlySet<number>
}

export type DocumentType = 'pdf' | 'docx' | 'doc' | 'rtf' | 'txt' | 'jpeg' | 'png'

/** Whether a document of this type is a picture, and so has no text. */
export const isPicture = (type: DocumentType) => type === 'jpeg' || type === 'png'

/** A part of a row that a wide gap or a tab parts from the next one. */
export interface Cell extends Style {
  readonly text: string
  /** Characters at its end that are not bold, where it begins in bold and changes once; else it is not there. */
  readonly plainTail?: number
  readonly box: Box
}

/** A row of text, in reading order. */
export interface Line extends Style {
  readonly page: number
  readonly box: Box
  readonly cells: readonly Cell[]
  /** The cells' texts, parted by a tab. */
  readonly text: string
  readonly links: readonly string[]
  /** Lines of one column, text box or table cell have one block. */
  readonly block: number
  /** It began with a bullet, which `text` no longer has. */
  readonly bullet: boolean
  /** White space above, in the line's own heights; 0 for the first of a block. */
  readonly gap: number
}
