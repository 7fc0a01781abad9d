import { folded } from './folded.ts'

/** Kinds of contract, as they stand beside a job and are no part of its title. */
const kinds = String.raw`(?:cdi|cdd|c\.d\.i\.?|c\.d\.d\.?|ctt|vie|stages?(?: de fin d'etudes)?|stagiaire|alternance|en alternance|apprentissage|contrat d'apprentissage|contrat pro(?:fessionnalisation)?|contrat de professionnalisation|interim|interimaire|mission(?: d')?interim|saisonniere?|saison|vacations?|vacataire|piges?|temps plein|temps partiel|a temps plein|a temps partiel|mi-temps|a mi-temps|full[- ]?time|part[- ]?time|freelance|independante?|contract|contractuel(?:le)?|permanent|internship|apprenticeship|seasonal|temporary|temporaire|benevole|benevolat|volontariat|job etudiant|job d'ete|emploi d'ete|duree indeterminee|duree determinee)`
const share = String.raw`\d{2,3} ?(?:[-–] ?\d{2,3} ?)?%`
const span = String.raw`(?:,? ?(?:de )?\d{1,3} ?(?:mois|ans?|annees?|semaines?|jours?|h(?:eures?)?|%|months?|years?|weeks?)(?: ?\/ ?(?:semaine|sem\.?|mois|week))?)`

const whole = new RegExp(
  String.raw`^\(?${kinds}${span}?(?: ?\/ ?${kinds})?\)?$|^contrat\b.*$|^(?:remote|on[- ]?site|hybrid)$`
)
/** Behind a mark any kind is one; behind a blank only the short forms that no title ends with. */
const ending = new RegExp(
  String.raw`(?:\s*[([]\s*(?:${kinds}${span}?|${share})\s*[)\]]|\s*[,;/|·•]\s*${kinds}${span}?|\s+[–—-]\s*${kinds}${span}?|\s+(?:en )?(?:cdi|cdd)${span}?)$`
)

/** Whether a text says nothing but the kind of contract. */
export function isContract(text: string): boolean {
  return text.length < 60 && whole.test(folded(text.trim()))
}

/** A title without the kind of contract at its end: "Vendeuse (CDI)", "Soudeur, intérim". */
export function withoutContract(text: string): string {
  if (text.length > 160) return text
  const found = ending.exec(folded(text))
  return found && found.index >= 3 ? text.slice(0, found.index) : text
}
