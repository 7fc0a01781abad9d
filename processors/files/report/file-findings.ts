import { type Entry, entry } from './catalogue-entry.ts'

/** What is wrong with a file as a whole: it is refused. */
export const fileFindings = {
  archive_corrupt: entry(
    'file',
    'L’archive ou le classeur est abîmé : refaites-le et déposez-le à nouveau',
    'The archive or workbook is damaged: make it again and drop it once more'
  ),
  archive_truncated: entry(
    'file',
    'Le fichier est coupé : son dépôt ou son téléchargement s’est arrêté avant la fin ; déposez-le à nouveau',
    'The file is cut: its upload or download stopped before the end; drop it again'
  ),
  archive_too_large: entry(
    'file',
    'L’archive refuse d’être ouverte sans risque : décompressée elle dépasse {expected}',
    'The archive cannot be opened safely: inflated it is more than {expected}'
  ),
  empty_file: entry('file', 'Le fichier est vide', 'The file is empty'),
  encrypted: entry(
    'file',
    'Le fichier est protégé par un mot de passe : enregistrez-le sans protection',
    'The file is protected by a password: save it without'
  ),
  error_budget: entry(
    'file',
    'Trop de lignes en erreur : {value} pour {expected} au plus ; le fichier entier est refusé',
    'Too many rows are wrong: {value} where {expected} are the most; the whole file is refused'
  ),
  json_invalid: entry(
    'file',
    'Le fichier n’est pas du JSON valable : {value}',
    'The file is no valid JSON: {value}'
  ),
  lines_disagree: entry(
    'file',
    'La lecture n’a pas rendu compte de toutes les lignes ({value} sur {expected}) : signalez ce fichier',
    'Reading did not account for every line ({value} of {expected}): report this file'
  ),
  missing_required_column: entry(
    'file',
    'La colonne obligatoire {column} manque{suggestion, select}',
    'The required column {column} is missing{suggestion, select}'
  ),
  nested_archive: entry(
    'file',
    'Une archive dans une archive : déposez le fichier de données lui-même, ou une seule archive',
    'An archive within an archive: drop the data file itself, or a single archive'
  ),
  no_header: entry(
    'file',
    'Aucune ligne de titres de colonnes n’a été trouvée : ajoutez-la en tête du tableau',
    'No line of column names was found: add it at the head of the table'
  ),
  no_rows: entry('file', 'Le fichier n’a aucune ligne de données', 'The file has no row of data'),
  not_tabular: entry(
    'file',
    'Le fichier n’est pas un tableau ({value}) : déposez un CSV, XLSX, XLS, ODS, JSON ou Parquet',
    'The file is no table ({value}): drop a CSV, XLSX, XLS, ODS, JSON or Parquet'
  ),
  same_content_as: entry(
    'file',
    'Même contenu que {value} : ce fichier est déjà là',
    'The same content as {value}: this file is here already'
  ),
  schema_mismatch: entry(
    'file',
    'Les colonnes ne sont pas celles de {expected}{suggestion, select}',
    'The columns are not those of {expected}{suggestion, select}'
  ),
  several_tables: entry(
    'file',
    'L’archive contient plusieurs tableaux ({values}) : déposez-les séparément',
    'The archive has several tables ({values}): drop them one by one'
  ),
  too_large: entry(
    'file',
    'Le fichier dépasse {expected} dans ce format : déposez-le en CSV',
    'The file is larger than {expected} in this format: drop it as CSV'
  ),
  column_refused: entry(
    'file',
    'La colonne {column} n’est pas prévue, et ce contrat n’en accepte pas d’autres',
    'The column {column} is not foreseen, and this contract takes no others'
  ),
  unreadable: entry('file', 'Le fichier ne peut pas être lu : {value}', 'The file cannot be read: {value}'),
  unsafe_entry_name: entry(
    'file',
    'L’archive contient un nom de fichier dangereux',
    'The archive has an entry of a dangerous name'
  )
} as const satisfies Readonly<Record<string, Entry>>
