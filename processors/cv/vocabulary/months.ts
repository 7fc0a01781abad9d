/** Months by their names and short forms, folded; French and English first, then other languages of Latin script. */
const names: readonly (readonly string[])[] = [
  ['janvier', 'janv', 'jan', 'january', 'enero', 'ene', 'gennaio', 'gen', 'januar', 'januari', 'janeiro'],
  ['fevrier', 'fevr', 'fev', 'feb', 'february', 'febrero', 'febbraio', 'februar', 'februari', 'fevereiro'],
  ['mars', 'mar', 'march', 'marzo', 'marz', 'maart', 'marco', 'mrz'],
  ['avril', 'avr', 'apr', 'april', 'abril', 'abr', 'aprile'],
  ['mai', 'may', 'mayo', 'maggio', 'mag', 'mei', 'maio'],
  ['juin', 'jun', 'june', 'junio', 'giugno', 'giu', 'juni', 'junho'],
  ['juillet', 'juill', 'juil', 'jul', 'july', 'julio', 'luglio', 'lug', 'juli', 'julho', 'jui'],
  ['aout', 'aug', 'august', 'agosto', 'ago', 'augustus', 'aou'],
  ['septembre', 'sept', 'sep', 'september', 'septiembre', 'settembre', 'set', 'setembro'],
  ['octobre', 'oct', 'october', 'octubre', 'ottobre', 'ott', 'oktober', 'okt', 'outubro', 'out'],
  ['novembre', 'nov', 'november', 'noviembre', 'novembro'],
  ['decembre', 'dec', 'december', 'diciembre', 'dic', 'dicembre', 'dezember', 'dez', 'dezembro']
]

export const monthNumbers: ReadonlyMap<string, number> = new Map(
  names.flatMap((month, index) => month.map((name) => [name, index + 1] as const))
)
