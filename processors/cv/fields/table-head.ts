import { folded } from './folded.ts'

const head =
  /^(?:periodes?|dates?|annees?|duree|employeurs?|entreprises?|societes?|structures?|organismes?|postes?(?: occupes?)?|fonctions?|emplois?|taches?(?: effectuees)?|missions?|activites|diplomes?(?: obtenus?)?|titres?|etablissements?|ecoles?|institutions?|lieux?|villes?|pays|niveaux?|specialites?|filieres?|domaines?|options?|mentions?|intitules?|formations?|langues?|lue?|parlee?|ecrite?|comprise?|period|employer|company|position|degree|school|year|location)$/

/** Whether cells are the heads of a table's columns ("Période", "Employeur", "Poste"), which are no part of its first row. */
export function isTableHead(cells: readonly { readonly text: string }[]): boolean {
  return (
    cells.length > 1 &&
    cells.every(({ text }) => text.length < 30 && head.test(folded(text.trim().replace(/\s*:$/, ''))))
  )
}
