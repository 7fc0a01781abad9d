import type { Tesseract } from '../ocr/tesseract.ts'
import type { ParsedCv } from '../read-cv.ts'

/** What a reader process is asked for. */
export interface CvRequest {
  readonly id: number
  readonly bytes: Uint8Array
  readonly fileName: string | null
  /** What becomes of pages that are pictures: it says that there are some, passes them over, or has them read. */
  readonly pictures: 'tell' | 'skip' | Tesseract
}

/** What it answers; a refusal by its code, and nothing of a document in anything else. */
export type CvAnswer =
  | { readonly id: number; readonly parsed: ParsedCv }
  | { readonly id: number; readonly refusal: string }
  | { readonly id: number; readonly hasPictures: true }
