import { type Entry, entry } from './catalogue-entry.ts'

/** What is worth saying and sets no row aside. */
export const noteFindings = {
  code_repaired: entry(
    'info',
    'Colonne {column} : {count} code(s) réparé(s), par exemple {value} lu {expected} (zéro de tête perdu, souvent par un tableur)',
    'Column {column}: {count} code(s) repaired, such as {value} read as {expected} (a leading zero that was lost, often by a spreadsheet)'
  ),
  code_unlisted: entry(
    'info',
    'Colonne {column} : {count} code(s) absent(s) des listes officielles ({values}), gardé(s) tel(s) quel(s)',
    'Column {column}: {count} code(s) that no official list has ({values}), kept as they are'
  ),
  column_missing: entry(
    'info',
    'La colonne facultative {column} n’est pas dans le fichier',
    'The optional column {column} is not in the file'
  ),
  columns_reordered: entry(
    'info',
    'Les colonnes sont dans un autre ordre que prévu ; elles ont été lues par leur nom',
    'The columns are in another order than usual; they were read by name'
  ),
  dataset_rule: entry(
    'aside',
    'Règle de l’ensemble non tenue : {rule} (trouvé : {value})',
    'A rule of the whole does not hold: {rule} (found: {value})'
  ),
  duplicate_column_name: entry(
    'info',
    'Plusieurs colonnes s’appellent {value} ; la suivante est nommée {expected}',
    'Several columns are named {value}; the next one is called {expected}'
  ),
  duplicate_row: entry(
    'info',
    '{count} ligne(s) répètent exactement une ligne précédente',
    '{count} row(s) repeat an earlier row exactly'
  ),
  empty_columns: entry(
    'info',
    '{count} colonne(s) sans nom et sans valeur ont été laissées de côté',
    '{count} column(s) without a name and without a value were left out'
  ),
  encoding_damage: entry(
    'aside',
    'Ligne {line} : des caractères sont abîmés ({kind}) ; ce qui est perdu à la source ne peut pas être réparé',
    'Line {line}: characters are damaged ({kind}); what was lost at the source cannot be repaired'
  ),
  encoding_guessed: entry(
    'info',
    'Le codage des caractères n’est pas annoncé : lu comme {value} ({expected})',
    'The character encoding is not announced: read as {value} ({expected})'
  ),
  extension_mismatch: entry(
    'info',
    'Le nom annonce {value}, le contenu est {expected} ; il a été lu comme tel',
    'The name says {value}, the content is {expected}; it was read as that'
  ),
  footer: entry(
    'aside',
    'Lignes {lines} : notes sous le tableau, mises de côté',
    'Lines {lines}: notes under the table, set aside'
  ),
  format_variant: entry(
    'info',
    'Colonne {column}, ligne {line} : {value} est écrit autrement que les autres ; lu {expected}',
    'Column {column}, line {line}: {value} is written unlike the others; read as {expected}'
  ),
  identifier_destroyed: entry(
    'aside',
    'Colonne {column} : {count} identifiant(s) détruit(s) par un tableur, par exemple {value} ; reprenez-les à la source, en texte',
    'Column {column}: {count} identifier(s) destroyed by a spreadsheet, such as {value}; take them from the source again, as text'
  ),
  ignored_entry: entry(
    'info',
    '{count} élément(s) de l’archive laissé(s) de côté : {values}',
    '{count} entries of the archive were left out: {values}'
  ),
  mixed_decimal_mark: entry(
    'info',
    'Ligne {line}, colonne {column} : {value} a une autre marque décimale que le reste de la colonne ; lu {expected}',
    'Line {line}, column {column}: {value} has another decimal mark than the rest of the column; read as {expected}'
  ),
  null_marker: entry(
    'info',
    'Colonne {column} : {count} valeur(s) notées manquantes ({values})',
    'Column {column}: {count} value(s) marked as missing ({values})'
  ),
  preamble: entry(
    'info',
    '{count} ligne(s) de titre au-dessus de l’en-tête, laissées de côté',
    '{count} title line(s) above the header were left out'
  ),
  header_of_two_lines: entry(
    'info',
    'L’en-tête a plusieurs lignes (jusqu’à la ligne {line}) ; les noms ont été joints',
    'The header has several lines (up to line {line}); their names were joined'
  ),
  sheet_chosen: entry(
    'info',
    'Feuille lue : {value} ; feuilles laissées de côté : {values}',
    'Sheet that was read: {value}; sheets left out: {values}'
  ),
  stray_quotes: entry(
    'info',
    '{count} ligne(s) ont des guillemets mal placés, gardés comme du texte (ligne {line})',
    '{count} line(s) have stray quotes, which were kept as text (line {line})'
  ),
  thousands_separator: entry(
    'info',
    'Colonne {column} : milliers séparés ({values}), par exemple {value}',
    'Column {column}: thousands are separated ({values}), such as {value}'
  ),
  unknown_column: entry(
    'info',
    'Colonne inconnue du contrat : {column}',
    'A column that the contract does not know: {column}'
  ),
  unnamed_columns: entry(
    'info',
    '{count} colonne(s) sans nom ont été nommées ({value} …)',
    '{count} column(s) without a name were given one ({value} …)'
  )
} as const satisfies Readonly<Record<string, Entry>>
