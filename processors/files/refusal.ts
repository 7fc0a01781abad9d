import { CourantError } from '../../runtime/errors.ts'
import { sentenceOf } from './report/catalogue.ts'
import type { Finding } from './report/finding.ts'

/** A file that cannot or must not be read as a table; the finding says why, in French and English. */
export class FileRefused extends CourantError {
  readonly finding: Finding

  constructor(finding: Finding, options: { cause?: unknown } = {}) {
    super('FILE_REFUSED', sentenceOf(finding, 'en'), { ...options, details: { finding: finding.code } })
    this.finding = finding
  }
}
