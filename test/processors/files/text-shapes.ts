import { code, comma, grouped, label, n, type Shape, some, table, text, town } from './shape.ts'

/** Texts as other publishers write them. */
export const textShapes: readonly Shape[] = [
  text(
    'participation',
    `Code département;Libellé département;Inscrits;Votants;% Votants\n${table(n, (at) => [code(at), label(at), 90_000 + some(at, 1, 9_000), 60_000 + some(at, 2, 9_000), `${comma(60 + some(at, 3, 900) / 100)}%`])}`,
    {
      encoding: 'utf-8-sig',
      types: { 'Code département': 'code', Inscrits: 'integer', '% Votants': 'decimal' }
    }
  ),
  text(
    'population-tab',
    `DEP\tNom du département\tPopulation municipale\tDensité\n${table(n, (at) => [code(at), label(at), grouped(100_000 + some(at, 4, 900_000), '\u00a0'), comma(some(at, 5, 90_000) / 100)], '\t\n')}`,
    {
      encoding: 'cp1252',
      delimiter: '\t',
      types: { DEP: 'code', 'Population municipale': 'integer', Densité: 'decimal' }
    }
  ),
  text(
    'faits-dos',
    `Département|Libellé|Coups et blessures|Vols à main armée\n${table(n, (at) => [code(at), label(at).replace('Î', 'I'), some(at, 6, 4_000), some(at, 7, 90)], '|\n')}`,
    { encoding: 'cp850', delimiter: '|', types: { Département: 'code', 'Coups et blessures': 'integer' } }
  ),
  text(
    'taux-virgule',
    `code_dept,libelle,taux\n${table(n, (at) => [code(at), label(at), `"${comma(some(at, 8, 200) / 10, 1)}"`], ',\n')}`,
    { delimiter: ',', types: { code_dept: 'code', taux: 'decimal' } }
  ),
  text(
    'texte-unicode',
    `Région\tTrimestre\tDemandeurs d'emploi\r\n${table(n, (at) => [label(at), `T${(at % 4) + 1} ${2015 + Math.floor(at / 4)}`, some(at, 9, 90_000) + 1_000], '\t\r\n')}`,
    {
      encoding: 'utf-16le',
      delimiter: '\t',
      types: { Trimestre: 'text', "Demandeurs d'emploi": 'integer' }
    }
  ),
  text(
    'mac',
    `Année;Département;Créations\r${table(n, (at) => [2000 + (at % 20), label(at), some(at, 1, 500)], ';\r')}`,
    { encoding: 'mac-roman', types: { Année: 'integer', Créations: 'integer' } }
  ),
  text(
    'titre-et-notes',
    `Emploi salarié par département\nDonnées au 31 décembre 2021\n\nCode;Département;Effectifs;Évolution (en %)\n${table(n, (at) => [code(at), label(at), some(at, 2, 400_000), comma(some(at, 3, 80) / 10 - 4, 1)])}\nChamp : France hors Mayotte.\nSource : Urssaf, estimations.\n`,
    { header: 4, types: { Code: 'code', Effectifs: 'integer', 'Évolution (en %)': 'decimal' } }
  ),
  text(
    'titre-rempli',
    `Subventions 2020;;;\n;;;\nBénéficiaire;Commune;Code postal;Montant\n${table(n, (at) => [`ASSO ${town(at)}`, town(at), `${code(at).padEnd(2, '0').slice(0, 2).replace(/[AB]/, '0')}000`, comma(some(at, 4, 900_000) / 100)])}`,
    { header: 3, types: { 'Code postal': 'code', Montant: 'decimal' } }
  ),
  text(
    'deux-niveaux',
    `Code;Libellé;Hommes;;Femmes;\n;;Nombre d'actifs;Part;Nombre d'actifs;Part\n${table(n, (at) => [code(at), label(at), some(at, 5, 90_000), comma(some(at, 6, 100) / 2, 1), some(at, 7, 90_000), comma(some(at, 8, 100) / 2, 1)])}`,
    { types: { Code: 'code', "Hommes / Nombre d'actifs": 'integer', 'Femmes / Part': 'decimal' } }
  ),
  text(
    'annees-en-colonnes',
    `Commune;2015;2016;2017;2018\n${table(n, (at) => [town(at), ...[1, 2, 3, 4].map((salt) => some(at, salt, 9_000))])}`,
    { types: { Commune: 'text', 2016: 'integer' } }
  ),
  text(
    'trimestres-en-colonnes',
    `dep;lib;2019-T1;2019-T2;2019-T3;2019-T4\n${table(n, (at) => [code(at), label(at), ...[1, 2, 3, 4].map((salt) => comma(some(at, salt, 120) / 10, 1))])}`,
    { types: { dep: 'code', '2019-T3': 'decimal' } }
  ),
  text(
    'cellules-a-lignes',
    `"nom","objet","date"\n${table(n, (at) => [`"Amis de ${town(at)}"`, at % 3 === 0 ? `"promouvoir\nla ""lecture""\net le chant"` : '"aider, soutenir, former"', `"${String((at % 28) + 1).padStart(2, '0')}/03/2019"`], ',\n')}`,
    { delimiter: ',', types: { objet: 'text', date: 'date' } }
  ),
  text(
    'barres-obliques',
    `id;titre;montant\n${table(n, (at) => [at + 1, `"Association \\"${town(at)}\\" ; section ${at}"`, some(at, 1, 9_000)])}`,
    { types: { titre: 'text', montant: 'integer' } }
  ),
  text(
    'euros',
    `Organisme;Subvention accordée\n${table(n, (at) => [`Comité de ${town(at)}`, `${grouped(1_000 + some(at, 2, 90_000), '\u202f')},50 €`])}`,
    { types: { 'Subvention accordée': 'decimal' } }
  ),
  text(
    'mois-en-lettres',
    `Association;Date de déclaration;Siège\n${table(n, (at) => [`Club ${at}`, `${at % 5 === 0 ? '1er' : (at % 27) + 2} ${['janvier', 'février', 'août', 'décembre'][at % 4]} 20${10 + (at % 10)}`, town(at)])}`,
    { types: { 'Date de déclaration': 'date' } }
  ),
  text(
    'annees-courtes',
    `numero,date_pub,libelle\n${table(n, (at) => [`W${String(691_000_000 + at * 37)}`, `${String((at % 28) + 1).padStart(2, '0')}/${String((at % 12) + 1).padStart(2, '0')}/${String(10 + (at % 12))}`, label(at)], ',\n')}`,
    { delimiter: ',', types: { numero: 'code', date_pub: 'date' } }
  ),
  text(
    'instants',
    `uai;horodatage;effectif\n${table(n, (at) => ['0010001W', `2021-0${(at % 9) + 1}-12T0${at % 10}:30:00`, some(at, 3, 900)])}`,
    { types: { horodatage: 'timestamp', effectif: 'integer' } }
  ),
  text(
    'siret-espaces',
    `siret;denomination;naf\n${table(n, (at) => ['356 000 000 000 48', `Agence ${town(at)}`, ['53.10Z', '01.11Z', '84.11Z'][at % 3] ?? ''])}`,
    { types: { siret: 'code', naf: 'code' } }
  ),
  text(
    'annuaire',
    `Nom;Téléphone;Courriel;Site\n${table(n, (at) => [`Foyer ${town(at)}`, `01 99 00 ${String(at + 10)} ${String(99 - at)}`, `contact${at}@example.com`, `https://example.com/${at}`])}`,
    { types: { Téléphone: 'code', Courriel: 'text' } }
  )
]
