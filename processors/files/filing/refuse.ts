import type { BucketObject, BucketObjects } from '../../../runtime/object-store/bucket-objects.ts'
import { moveTo } from './move.ts'
import { markOf, nameOf, rejectedFolder, safeName, shortHash } from './names.ts'

/** Why a dropped file is not filed, for who dropped it. */
const refusals = {
  unsafe_name: {
    fr: 'Le nom du fichier (ou d’un dossier) contient un caractère invisible, une barre oblique inverse, commence par un point ou est vide.',
    en: 'The name of the file (or of a folder) has an invisible character or a backslash, begins with a dot or is empty.',
    todo: 'Renommez le fichier avec des lettres, des chiffres, des tirets et un point, puis déposez-le de nouveau dans le dossier de son thème.'
  },
  theme_unknown: {
    fr: 'Ni le dossier, ni le nom du fichier, ni ses colonnes ne disent de quel thème il s’agit.',
    en: 'Neither the folder nor the name of the file nor its columns tell which theme it is of.',
    todo: 'Déposez le fichier dans le dossier de son thème, par exemple input/emploi/ ou input/crime/.'
  },
  too_large: {
    fr: 'Le fichier dépasse 5 Go : il reste où il est.',
    en: 'The file has more than 5 GB: it stays where it is.',
    todo: 'Compressez-le (gzip ou zip) ou coupez-le en plusieurs fichiers, déposez-les, puis supprimez celui-ci.'
  },
  never_finished: {
    fr: 'Le nom dit que le fichier est en cours d’écriture, et rien ne s’est passé depuis une heure.',
    en: 'The name says that the file is still being written, and nothing has happened for an hour.',
    todo: 'Déposez le fichier de nouveau, en entier, sous son nom définitif.'
  }
} as const

export type RefusalCode = keyof typeof refusals

/** Stores copy no more than that at once. */
export const mostCopied = 5 * 1024 ** 3

/** Moves a dropped file to where rejected ones lie, with why beside it, for machines and as a page in French. */
export async function refuse(bucket: BucketObjects, object: BucketObject, code: RefusalCode): Promise<void> {
  const name = `${markOf(object).slice(0, 8)}_${safeName(nameOf(object.key) || shortHash(object.key))}`
  const place = `${rejectedFolder}${name}`
  const { fr, en, todo } = refusals[code]
  const reason = { file: object.key, code, fr, en, a_faire: todo, bytes: object.bytes }
  await bucket.put(`${place}.reason.json`, `${JSON.stringify(reason, null, 2)}\n`, 'application/json')
  await bucket.put(`${place}.html`, page(object.key, `${fr} ${todo}`), 'text/html; charset=utf-8')
  if (object.bytes <= mostCopied) await moveTo(bucket, object, place)
}

const page = (key: string, text: string) => `<!doctype html>
<html lang="fr"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Fichier refusé</title>
<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem}</style>
<h1>Ce fichier n’a pas été classé</h1>
<p><code>${escaped(key)}</code></p>
<p>${escaped(text)}</p>
</html>
`

const escaped = (text: string) => text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.codePointAt(0) ?? 0};`)
