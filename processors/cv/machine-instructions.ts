import { folded } from './fields/folded.ts'

/** Phrases by which a document speaks to a model that reads it. They change nothing here; whoever reads the CV is told. */
const phrases: readonly RegExp[] = [
  /\b(?:ignore|disregard|forget)\s{1,3}(?:all\s{1,3})?(?:of\s{1,3})?(?:the\s{1,3})?(?:previous|above|prior|earlier)\s{1,3}(?:instructions?|prompts?|text)/,
  /\b(?:ignore[zr]?|oublie[zr]?)\s{1,3}(?:toutes?\s{1,3})?(?:les\s{1,3})?(?:instructions?|consignes?)/,
  /\b(?:system|assistant)\s{0,2}prompt\b/,
  /\b(?:as an?|you are an?)\s{1,3}(?:ai|llm|language model|large language model)\b/,
  /\b(?:chatgpt|gpt-?4|llm|recruiting ai|ai recruiter)s?\s{0,2}[:,]/,
  /\b(?:rank|rate|score|classe[zr]?|note[zr]?)\s{1,3}(?:this|ce)\s{1,3}(?:candidate|candidat|cv|resume)\b/
]

/** Whether a text has a phrase that is meant for a machine. */
export function speaksToMachines(text: string): boolean {
  const plain = folded(text)
  return phrases.some((phrase) => phrase.test(plain))
}
