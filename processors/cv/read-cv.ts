import type { DocumentType } from './document/document.ts'
import { readDocument } from './document/read.ts'
import { calibrated } from './fields/calibration.ts'
import type { CvData } from './fields/data.ts'
import type { Evidence } from './fields/evidence.ts'
import { fieldsOf } from './fields/fields.ts'
import { identify, typeByName } from './identify.ts'
import { speaksToMachines } from './machine-instructions.ts'
import type { Recognise } from './ocr/tesseract.ts'

/** What is known of a CV. The same bytes and name give the same result. */
export interface ParsedCv {
  readonly data: CvData
  readonly evidence: readonly Evidence[]
  /** `hidden_text`, `instructions_to_machine`, `name_says_other_type`, `ocr`, `picture_not_read`, `text_cut`; sorted. */
  readonly warnings: readonly string[]
  readonly document: { readonly type: DocumentType; readonly pages: number; readonly text: string }
}

/**
 * Reads a CV within this process; `CvReaders` do it in another one. Pictures of text are read by `recognise` where it is
 * given. Throws CvRefused for what is not read.
 */
export async function readCv(
  bytes: Uint8Array,
  fileName: string | null = null,
  recognise: Recognise | null = null
): Promise<ParsedCv> {
  const type = identify(bytes)
  const document = await readDocument(bytes, type, recognise)
  const { data, evidence: found } = fieldsOf(document)
  const evidence = calibrated(found).map((each) =>
    document.ocrPages.has(each.page - 1) ? ofPicture(each) : each
  )
  const text = document.lines.map((line) => line.text).join('\n')
  const named = fileName === null ? null : typeByName(fileName)
  const warnings = [
    ...document.warnings,
    ...(named !== null && named !== type ? ['name_says_other_type'] : []),
    ...(speaksToMachines(text) ? ['instructions_to_machine'] : [])
  ]
  return {
    data,
    evidence,
    warnings: [...new Set(warnings)].sort(),
    document: { type, pages: document.pages, text }
  }
}

/** Of the values that are right on the same pages as text, so many are right on pictures of them. */
const ocrShare = 0.85

function ofPicture(evidence: Evidence): Evidence {
  return { ...evidence, ocr: true, confidence: Math.round(evidence.confidence * ocrShare * 100) / 100 }
}
