import { type Entry, entry } from './catalogue-entry.ts'

/** What is wrong with a single row: it is set aside. */
export const rowFindings = {
  cell_too_long: entry(
    'row',
    'Ligne {line} : une cellule dépasse {expected}',
    'Line {line}: a cell is longer than {expected}'
  ),
  control_character: entry(
    'row',
    'Ligne {line} : un caractère de commande invisible (code {value}) se trouve dans une cellule',
    'Line {line}: an invisible control character (code {value}) is in a cell'
  ),
  duplicate_key: entry(
    'row',
    'Ligne {line} : {rule} = {value} est déjà à la ligne {expected}, avec d’autres valeurs',
    'Line {line}: {rule} = {value} already stands on line {expected}, with other values'
  ),
  header_repeated: entry(
    'row',
    'Ligne {line} : l’en-tête est répété au milieu des données (plusieurs exports collés ?)',
    'Line {line}: the header is repeated among the data (several exports pasted together?)'
  ),
  invalid_date: entry(
    'row',
    'Ligne {line}, colonne {column} : {value} n’est pas une date possible (attendu : {expected})',
    'Line {line}, column {column}: {value} is no possible date (expected: {expected})'
  ),
  invalid_json: entry(
    'row',
    'Ligne {line} : ce n’est pas du JSON ({value})',
    'Line {line}: this is no JSON ({value})'
  ),
  note_line: entry(
    'row',
    'Ligne {line} : une note ou un sous-titre au milieu du tableau, mis de côté',
    'Line {line}: a note or a heading in the middle of the table, set aside'
  ),
  out_of_range: entry(
    'row',
    'Ligne {line}, colonne {column} : {value} est hors des limites ({expected})',
    'Line {line}, column {column}: {value} is out of range ({expected})'
  ),
  required_value: entry(
    'row',
    'Ligne {line}, colonne {column} : une valeur est obligatoire',
    'Line {line}, column {column}: a value is required'
  ),
  row_rule: entry(
    'row',
    'Ligne {line} : la règle {rule} n’est pas tenue ({value})',
    'Line {line}: the rule {rule} does not hold ({value})'
  ),
  second_header_line: entry(
    'row',
    'Ligne {line} : une deuxième ligne de titres ou d’unités sous l’en-tête, mise de côté',
    'Line {line}: a second line of names or units under the header, set aside'
  ),
  truncated: entry(
    'row',
    'Ligne {line} : la dernière ligne est coupée ; le fichier n’est sans doute pas complet',
    'Line {line}: the last line is cut; the file is probably not whole'
  ),
  type_error: entry(
    'row',
    'Ligne {line}, colonne {column} : {value} n’est pas {expected}',
    'Line {line}, column {column}: {value} is not {expected}'
  ),
  unclosed_quote: entry(
    'row',
    'Ligne {line} : un guillemet est ouvert et jamais fermé',
    'Line {line}: a quote is opened and never closed'
  ),
  unknown_code: entry(
    'row',
    'Ligne {line}, colonne {column} : le code {value} n’existe pas ({expected})',
    'Line {line}, column {column}: there is no code {value} ({expected})'
  ),
  wrong_column_count: entry(
    'row',
    'Ligne {line} : {value} cellules au lieu de {expected}',
    'Line {line}: {value} cells instead of {expected}'
  )
} as const satisfies Readonly<Record<string, Entry>>
