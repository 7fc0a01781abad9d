import { basename } from 'node:path'
import type { CheckResult } from '../check/result.ts'
import { levelOf, sentenceOf } from './catalogue.ts'
import { wordsOf, type Language } from './words.ts'

/** The result of a check as lines for a terminal: the verdict, what was found out, and everything there is to say. */
export function* printedResult(result: CheckResult, language: Language): Generator<string> {
  const words = wordsOf(language)
  const { path, table, lines, rows } = result
  yield `${basename(path)}: ${words.verdicts[result.verdict]}`
  if (table)
    yield `  ${words.read}: ${[table.format, table.encoding, words.delimiter(table.delimiter), table.sheet].filter((each) => each !== null && each !== '').join(', ')}`
  if (result.dataset !== null) yield `  ${words.dataset}: ${result.dataset}`
  if (lines.physical > 0) {
    yield `  ${words.rows}: ${rows.good} ${words.good}, ${rows.rejected} ${words.rejected}${rows.repeated > 0 ? `, ${rows.repeated} ${words.repeated}` : ''}`
    yield `  ${words.lines}: ${lines.physical} = ${sumOf(lines, language)}`
  }
  if (result.columns.length > 0)
    yield `  ${words.columns}: ${result.columns.map(({ name, type }) => `${name.replaceAll(/\s+/g, ' ')} (${type.kind})`).join(', ')}`
  for (const finding of result.findings.all())
    yield `  ${words.levels[levelOf(finding.code)]} ${sentenceOf(finding, language).replaceAll(/\s+/g, ' ')} (${finding.code})`
}

/** The parts that all lines of a file are. */
function sumOf(lines: CheckResult['lines'], language: Language): string {
  const words = wordsOf(language)
  return (['header', 'title', 'blank', 'footer', 'good', 'rejected', 'repeated'] as const)
    .filter((part) => part !== 'repeated' || lines.repeated > 0)
    .map((part) => `${lines[part]} ${words.parts[part]}`)
    .join(' + ')
}
