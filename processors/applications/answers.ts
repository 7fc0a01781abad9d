import type { CuratedAnswers } from '../../schemas/types/applications.ts'
import type { Findings } from './findings.ts'
import { parsedJson, textOf } from './json-values.ts'

const kinds = ['metier', 'talent', 'paradigme'] as const

/**
 * Answers to MTP questions, or the questions themselves, as lists of text by kind. They come as lists, as objects by
 * question, as JSON inside a text, or as one text; `prefix` is what their keys begin with.
 */
export function answersByKind(
  json: string | null,
  prefix: 'reponses' | 'questions',
  { field, findings }: { field: string; findings: Findings }
): CuratedAnswers {
  const none = { metier: [], talent: [], paradigme: [] }
  const value = parsedJson(json)
  if (value === null || value === '') return none
  if (typeof value !== 'object' || Array.isArray(value)) {
    findings.note(field, 'mtp_shape_unknown', json)
    return none
  }
  const byKind = value as Readonly<Record<string, unknown>>
  const lists = kinds.map((kind) => [kind, textsOf(byKind[`${prefix}_${kind}`] ?? byKind[kind])] as const)
  const unknown = Object.keys(byKind).filter(
    (key) => !kinds.includes(key.replace(`${prefix}_`, '') as 'metier')
  )
  for (const key of unknown) findings.note(`${field}.${key}`, 'mtp_kind_unknown', textOf(byKind[key]))
  return { ...none, ...Object.fromEntries(lists) }
}

/** Texts in the order of the questions; an answer that was left out is an empty one, so that the places agree. */
function textsOf(value: unknown): readonly string[] {
  const list = parsedJson(value)
  if (list === null || list === '') return []
  if (Array.isArray(list)) return list.map(answerText)
  if (typeof list === 'object')
    return Object.entries(list)
      .sort(byQuestion)
      .map(([, answer]) => answerText(answer))
  return [answerText(list)]
}

const numbersAsNumbers = new Intl.Collator('fr', { numeric: true })
const byQuestion = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) =>
  numbersAsNumbers.compare(a, b)

/** What an answer's text is called where it stands beside its question. */
const answerKeys = ['reponse', 'réponse', 'answer', 'valeur', 'value', 'texte', 'text', 'question']

function answerText(answer: unknown): string {
  if (typeof answer === 'object' && answer !== null && !Array.isArray(answer)) {
    const named = answer as Readonly<Record<string, unknown>>
    const key = answerKeys.find((name) => name in named)
    if (key !== undefined) return answerText(named[key])
  }
  return textOf(answer)
}
