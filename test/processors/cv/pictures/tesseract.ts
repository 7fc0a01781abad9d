import { findTesseract, type Tesseract } from '../../../../processors/cv/ocr/tesseract.ts'

const found = findTesseract()

/** The reason to skip a test that has pictures read, or false. */
export const noTesseract =
  found === null ? 'Tesseract is not installed (courant doctor --install brings it)' : false

/** The machine's Tesseract; only for tests that `noTesseract` does not skip. */
export const tesseract = found as Tesseract
