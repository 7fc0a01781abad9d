import type { Kind } from './kinds.ts'

/** What the name of a column says of its values; values have the last word. */
export interface Meaning {
  readonly kind?: Kind
  /** Whether figures under it count nothing. */
  readonly isCode?: boolean
  /** Whether figures under it count something, whatever they look like. */
  readonly isCount?: boolean
  readonly isStatus?: boolean
  /** Whether the name itself says code, number or identifier, so that words under it are codes, too. */
  readonly saysCode?: boolean
}

/** Rules in order, on names without accents, case and signs. */
const rules: readonly (readonly [RegExp, Meaning])[] = [
  [/^adresses?\b/, { kind: 'code_postal' }],
  [
    /\b(?:lib(?:elle)?|nom|intitule|designation|commentaire|observation|raison sociale|objet)\b(?!.*\bsocial\d)/,
    {}
  ],
  [
    /^(?:nb|nombre|nbre|effectifs?|total|somme|taux|part|pct|%|population|pop|montant|voix|inscrits|votants|exprimes)\b/,
    { isCount: true }
  ],
  [/\b(?:siret)\b/, { kind: 'siret', isCode: true }],
  [/\bsiren\b/, { kind: 'siren', isCode: true }],
  [/\bepci\b/, { kind: 'epci', isCode: true }],
  [/\b(?:rna|waldec)\b/, { kind: 'rna', isCode: true }],
  [/\b(?:uai|rne)\b/, { kind: 'uai', isCode: true }],
  [/\b(?:naf|ape|nace)\b/, { kind: 'naf', isCode: true }],
  [/\b(?:code ?postal|codepostal|cp|postal|zip)\b/, { kind: 'code_postal', isCode: true }],
  [
    /\b(?:code ?(?:insee|commune|com|geo)|codeinsee|insee|codgeo|depcom|com arm|code officiel (?:geographique|commune)|chef ?lieu|^communes?$|^com$)\b/,
    { kind: 'commune', isCode: true }
  ],
  [
    /\b(?:code ?(?:de |du |d )?(?:la |l )?dep(?:artements?|t)?|dep(?:artements?|t|n)?|dpts?|num dep|geo|code departements?|departement d origine)\b/,
    { kind: 'departement' }
  ],
  [/\b(?:code ?(?:de |du )?(?:la )?reg(?:ions?)?|reg(?:ions?)?)\b/, { kind: 'region' }],
  [/\b(?:nuances?|etiquette)\b/, { kind: 'nuance', isCode: true }],
  [/^(?:tour|num tour|numtour|n tour|n° tour)$/, { kind: 'tour' }],
  [/\b(?:annees?|an|year|millesime|exercice|mill ?(?:pop|log)|time period)\b/, { kind: 'year' }],
  [/^date|\bdate\b|\bdate?maj\b|mise a jour|\b(?:debut|fin)$/, { kind: 'date' }],
  [/\b(?:telephone|tel|mobile|fax)\b/, { kind: 'telephone', isCode: true }],
  [/\b(?:mail|email|courriel)\b/, { kind: 'email' }],
  [/\b(?:latitude|lat)\b/, { kind: 'latitude' }],
  [/\b(?:longitude|lon|lng|long)\b/, { kind: 'longitude' }],
  [/%|\b(?:pourcentage|pct|taux|part)\b/, { kind: 'percent', isCount: true }],
  [/€|\b(?:montants?|subventions?|euros?|mandate|budget|cout|prix)\b/, { kind: 'money', isCount: true }],
  [/\b(?:statut|status|obs status|qualite)\b/, { isStatus: true }],
  [
    /^(?:code|cod|id|num|numero|n°|identifiant|ref|reference|siege|idbank)\b|\b(?:code|identifiant|idbank|numero|id)$|^id(?: |[A-Z])|\bsocial\d?$/,
    { isCode: true }
  ]
]

/** What a folded name says. */
export function meaningOf(name: string): Meaning {
  const meaning = rules.find(([pattern]) => pattern.test(name))?.[1] ?? {}
  return (meaning.isCode === true || meaning.kind === 'departement' || meaning.kind === 'region') &&
    /\b(?:code|cod|id|num|numero|n°|identifiant|nuances?|idbank)\b/.test(name)
    ? { ...meaning, isCode: true, saysCode: true }
    : meaning
}
