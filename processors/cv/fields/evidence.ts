import type { Box, Line } from '../document/document.ts'
import { phraseKey } from './folded.ts'

/** Where a value stands in the document, and how sure it is, from 0 to 1. */
export interface Evidence {
  /** Such as `personal_info.email` or `experience[0].title`. */
  readonly field: string
  /** From 1. */
  readonly page: number
  /** In points from the page's top left corner; formats without pages count their lines. */
  readonly box: Box
  readonly text: string
  readonly confidence: number
  /** It was read from a picture of text. */
  readonly ocr?: true
}

/** The evidence of a value: the line that has it, among those it was taken from. */
export function evidenceOf(
  field: string,
  value: string | null,
  from: { readonly lines: readonly Line[]; readonly confidence: number }
): Evidence[] {
  if (value === null) return []
  const key = phraseKey(value).slice(0, 40)
  const line = from.lines.find(({ text }) => phraseKey(text).includes(key)) ?? from.lines[0]
  if (!line) return []
  const { page, box, text } = line
  return [
    { field, page: page + 1, box: rounded(box), text, confidence: Math.round(from.confidence * 100) / 100 }
  ]
}

const tenth = (number: number) => Math.round(number * 10) / 10

function rounded({ left, top, right, bottom }: Box): Box {
  return { left: tenth(left), top: tenth(top), right: tenth(right), bottom: tenth(bottom) }
}
