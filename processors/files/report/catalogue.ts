import { isKind, kinds } from '../types/kinds.ts'
import type { Finding } from './finding.ts'

import type { Level } from './catalogue-entry.ts'
import { fileFindings } from './file-findings.ts'
import { noteFindings } from './note-findings.ts'
import { rowFindings } from './row-findings.ts'

/** Every finding there is: a stable code, what it does, and what it says to the person who made the file. */
const catalogue = { ...fileFindings, ...rowFindings, ...noteFindings } as const

export type FindingCode = keyof typeof catalogue

/** What a finding does to the file or the row. */
export const levelOf = (code: FindingCode): Level => catalogue[code].level

/** Longer values are cut in sentences; the finding itself has the whole. */
const shownLength = 80

/** The sentence of a finding for people. */
export function sentenceOf(finding: Finding, language: 'fr' | 'en'): string {
  const meant = language === 'fr' ? ' ; peut-être « {suggestion} » ?' : '; perhaps "{suggestion}"?'
  return catalogue[finding.code][language]
    .replace('{suggestion, select}', finding.suggestion === undefined ? '' : meant)
    .replaceAll(/\{(\w+)\}/g, (_, name: string) =>
      shown(inWords(finding[name as keyof Finding], name, language))
    )
}

/** A kind of values is said in the language of the sentence. */
const inWords = (value: unknown, member: string, language: 'fr' | 'en') =>
  member === 'expected' && typeof value === 'string' && isKind(value) ? kinds[value][language] : value

function shown(value: unknown): string {
  const text = Array.isArray(value)
    ? listed(value)
    : typeof value === 'number'
      ? String(value)
      : typeof value === 'string'
        ? value
        : ''
  return text.length > shownLength ? `${text.slice(0, shownLength)}…` : text
}

const listed = (values: readonly unknown[]) =>
  values.length > 6 ? `${values.slice(0, 6).join(', ')} …` : values.join(', ')
