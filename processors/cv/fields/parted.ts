import type { Cell } from '../document/document.ts'
import { isCapitals } from '../sections/headings.ts'
import { folded } from './folded.ts'
import { beginsLikeTrade, hasWordOf } from './words.ts'

const opener =
  /\s(?=(?:entreprise|societe|ste|ets|etablissements?|sarl|sas|groupe|cabinet|clinique|polyclinique|hopital|chu|chr|ehpad|restaurant|hotel|mairie|garage|boulangerie|pharmacie|banque|cooperative|ong|association)\s+\S)/g

/** "MACON QUALIFIE ENTREPRISE SOARES": a job, then a word that the names of firms begin with. */
export function partedByOpener(text: string): readonly string[] {
  for (const { index } of folded(text).matchAll(opener)) {
    const [left, right] = [text.slice(0, index), text.slice(index + 1)]
    if (
      /^\p{Lu}/u.test(right) &&
      (hasWordOf('title', left) || beginsLikeTrade(left)) &&
      !/(?:[,–—-]|\s(?:de|du|en|à|d['’]))$/iu.test(left)
    )
      return [left, right]
  }
  return [text]
}

/** "**Infirmière** CHU de Liège": where nothing but the weight of letters parts two names, a bar does. */
export function partedByWeight({ text, plainTail }: Cell, isSchool: boolean): string {
  if (plainTail === undefined) return text
  const head = text.slice(0, -plainTail).trim()
  const tail = text.slice(-plainTail).trim()
  const isName = /^[,;:–—|-]?\s*[\p{Lu}\d]\S/u.test(tail) && (head.match(/\p{L}/gu)?.length ?? 0) > 2
  if (!isName || /(?:\s(?:de|du|des|en|et|à|and|of|in)|[('’])$/iu.test(head)) return text
  const isApart = !isSchool || hasWordOf('school', tail) || (isCapitals(head) && !isCapitals(tail))
  return isApart ? `${head} | ${tail.replace(/^[,;:–—|-]\s*/u, '')}` : text
}
