import { basename } from 'node:path'
import type { CheckedColumn, CheckResult } from '../check/result.ts'
import { baseOf } from '../types/kinds.ts'
import { levelOf, sentenceOf } from './catalogue.ts'
import type { Finding } from './finding.ts'

/**
 * The result of a check as JSON text, in parts: all findings are in it, and they need not be in memory at once. Names of
 * members are stable.
 */
export function* qualityJson(result: CheckResult): Generator<string> {
  const head = JSON.stringify(summaryOf(result), null, 2)
  yield `${head.slice(0, -2)},\n  "findings": [`
  let separator = '\n    '
  for (const finding of result.findings.all()) {
    yield separator + JSON.stringify(withSentences(finding))
    separator = ',\n    '
  }
  yield `${separator === '\n    ' ? '' : '\n  '}]\n}\n`
}

/** A finding with what it does and what it says. */
const withSentences = (finding: Finding) => ({
  ...finding,
  level: levelOf(finding.code),
  fr: sentenceOf(finding, 'fr'),
  en: sentenceOf(finding, 'en')
})

function summaryOf(result: CheckResult): object {
  return {
    file: basename(result.path),
    verdict: result.verdict,
    dataset: result.dataset,
    ...readAs(result),
    header_lines: result.headerLines,
    lines: result.lines,
    rows: result.rows,
    columns: result.columns.map(columnOf),
    evidence: result.evidence
  }
}

function readAs({ source, scan, table }: CheckResult): object {
  const { sha256, bytes } = scan ?? { sha256: null, bytes: null }
  const format = table?.format ?? source?.kind ?? null
  const { encoding, delimiter, sheet } = table ?? { encoding: null, delimiter: null, sheet: null }
  return { sha256, bytes, format, encoding, delimiter, sheet }
}

const columnOf = ({ name, target, alias, type, filled }: CheckedColumn) => ({
  name,
  target,
  ...(alias !== undefined && { alias }),
  kind: type.kind,
  type: baseOf(type.kind),
  ...(baseOf(type.kind) === 'decimal' && { decimal_mark: type.mark }),
  filled,
  evidence: type.evidence
})
