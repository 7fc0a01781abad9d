import { code, comma, grouped, label, n, type Shape, some, table, text, town } from './shape.ts'

/** Texts as other publishers write them. */
export const moreTextShapes: readonly Shape[] = [
  text(
    'pourcents-a-point',
    `dept,part_femmes\n${table(n, (at) => [code(at), `${(some(at, 4, 1_000) / 10).toFixed(1)} %`], ',\n')}`,
    { delimiter: ',', types: { dept: 'code', part_femmes: 'decimal' } }
  ),
  text(
    'milliers-anglais',
    `area,label,amount\n${table(n, (at) => [code(at), label(at), `"${grouped(1_000 + some(at, 5, 900_000), ',')}.${10 + at}"`], ',\n')}`,
    { delimiter: ',', types: { amount: 'decimal' } }
  ),
  text(
    'milliers-a-point',
    `code;libelle;budget\n${table(n, (at) => [code(at), label(at), `${grouped(1_000 + some(at, 6, 900_000), '.')},${10 + at}`])}`,
    { types: { budget: 'decimal' } }
  ),
  text(
    'manquants',
    `codgeo;libgeo;chomeurs;taux\n${table(n, (at) => [code(at), label(at), at % 4 === 0 ? 'nd' : some(at, 7, 9_000), at % 5 === 0 ? '///' : comma(some(at, 8, 200) / 10, 1)])}`,
    { types: { chomeurs: 'integer', taux: 'decimal' } }
  ),
  text(
    'points-virgules-en-trop',
    `code;nom;total;;\n${table(n, (at) => [code(at), label(at), some(at, 9, 900), '', '']).trimEnd()}`,
    { types: { code: 'code', total: 'integer' } }
  ),
  text(
    'exports-colles',
    `dep;nom;voix\n${table(10, (at) => [code(at), label(at), some(at, 1, 900)])}dep;nom;voix\n${table(10, (at) => [code(at + 10), label(at + 10), some(at, 2, 900)])}`,
    { rows: 21, rejected: 1, types: { dep: 'code', voix: 'integer' } }
  ),
  text(
    'deux-colonnes',
    `code_insee,valeur\n${table(n, (at) => [`${code(at).slice(0, 2)}${String(100 + at)}`, some(at, 3, 99)], ',\n')}`,
    { delimiter: ',', types: { code_insee: 'code', valeur: 'integer' } }
  ),
  text(
    'departements-en-colonnes',
    `Index;${Array.from({ length: 30 }, (_, at) => String(at + 1).padStart(2, '0'))
      .filter((one) => one !== '20')
      .join(
        ';'
      )}\n${table(n, (at) => [`Délit ${label(at)}`, ...Array.from({ length: 29 }, (_, salt) => some(at, salt, 900))])}`,
    { types: { Index: 'text', '07': 'integer' } }
  ),
  text(
    'texte-a-virgules',
    `id;description;montant\n${table(n, (at) => [at, `Aide, soutien, conseil, à ${town(at)}, et alentours`, comma(some(at, 4, 9_000) / 10)])}`,
    { types: { description: 'text', montant: 'decimal' } }
  ),
  text(
    'texte-a-points-virgules',
    `id,description,montant\n${table(n, (at) => [at, at % 4 === 0 ? `"sport; culture; ${town(at)}"` : `sport ${town(at)}`, some(at, 5, 9_000)], ',\n')}`,
    { delimiter: ',', types: { montant: 'integer' } }
  ),
  text(
    'ligne-sep',
    `sep=,\ncode,nom,total\n${table(n, (at) => [code(at), label(at), some(at, 6, 99)], ',\n')}`,
    { delimiter: ',', header: 2, types: { total: 'integer' } }
  ),
  text(
    'lignes-inegales',
    `code;nom;total;taux\n${table(n, (at) => (at === 4 ? [code(at), label(at)] : at === 9 ? [code(at), label(at), 1, '1,5', 'trop'] : [code(at), label(at), some(at, 7, 999), comma(some(at, 8, 99) / 10)]))}`,
    { rejected: 2, types: { total: 'integer', taux: 'decimal' } }
  ),
  text(
    'guillemet-ouvert',
    `code;nom;total\n${table(n, (at) => [code(at), at === 6 ? `"${label(at)}` : label(at), some(at, 9, 999)])}`,
    { rejected: 1, types: { total: 'integer' } }
  ),
  text(
    'statuts',
    `departement;periode;valeur;statut\n${table(n, (at) => [code(at), `2020-0${(at % 9) + 1}`, comma(some(at, 1, 99) / 10), at % 2 === 0 ? 'p' : 'r'])}`,
    { types: { periode: 'text', valeur: 'decimal' } }
  ),
  text(
    'coordonnees',
    `nom,latitude,longitude,geo\n${table(n, (at) => [town(at), (43 + at / 7).toFixed(6), (-1 + at / 5).toFixed(6), `"${(43 + at / 7).toFixed(6)},${(-1 + at / 5).toFixed(6)}"`], ',\n')}`,
    { delimiter: ',', types: { latitude: 'decimal', longitude: 'decimal', geo: 'text' } }
  ),
  text(
    'soldes',
    `dep;solde;variation\n${table(n, (at) => [code(at), at % 2 === 0 ? `(${some(at, 2, 900)})` : some(at, 3, 900), `\u2212${comma(some(at, 4, 90) / 10)}`])}`,
    { types: { solde: 'integer', variation: 'decimal' } }
  ),
  text(
    'oui-non',
    `structure;agréée;QPV\n${table(n, (at) => [`Centre ${town(at)}`, at % 3 === 0 ? 'Oui' : 'Non', at % 2 === 0 ? 'oui' : 'non'])}`,
    { types: { agréée: 'boolean', QPV: 'boolean' } }
  ),
  text('deux-marques', `\ufeffcode;nom;total\n${table(n, (at) => [code(at), label(at), some(at, 5, 99)])}`, {
    encoding: 'utf-8-sig',
    types: { code: 'code', total: 'integer' }
  }),
  text(
    'annees-scolaires',
    `annee_scolaire;academie;eleves\n${table(n, (at) => [`${2010 + (at % 10)}-${2011 + (at % 10)}`, label(at), some(at, 6, 90_000)])}`,
    { types: { annee_scolaire: 'text', eleves: 'integer' } }
  ),
  text(
    'zeros-perdus',
    `Code postal;Ville;Adhérents\n${table(n, (at) => [1_000 + at * 3_700, town(at), some(at, 7, 500)])}`,
    { types: { 'Code postal': 'code', Adhérents: 'integer' } }
  )
]
