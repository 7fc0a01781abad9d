import { gzipSync } from 'node:zlib'
import { utils, write, type BookType } from '@e965/xlsx'
import { zipOf } from '../cv/zip-of.ts'
import { moreTextShapes } from './more-text-shapes.ts'
import { code, comma, label, n, type Rest, type Shape, some, table } from './shape.ts'
import { textShapes } from './text-shapes.ts'

const records = () =>
  Array.from({ length: n }, (_, at) => ({
    code: code(at),
    nom: label(at),
    total: some(at, 1, 900),
    taux: some(at, 2, 999) / 10 + 0.05
  }))
const types: Shape['types'] = { code: 'code', total: 'integer', taux: 'decimal' }
const other = (name: string, bytes: Uint8Array, rest: Rest = {}): Shape => ({
  name,
  bytes,
  encoding: null,
  delimiter: null,
  header: null,
  rows: n,
  rejected: 0,
  types,
  ...rest
})
const json = (value: unknown) => Buffer.from(JSON.stringify(value))

function packed(): Shape[] {
  const csv = Buffer.from(
    `code;nom;total;taux\n${table(n, (at) => [code(at), label(at), some(at, 1, 900), comma(some(at, 2, 99) / 10)])}`
  )
  return [
    other('liste.json', json(records())),
    other(
      'service.json',
      json({ nhits: n, records: records().map((fields, at) => ({ recordid: `r${at}`, fields })) })
    ),
    other(
      'carte.geojson',
      json({
        type: 'FeatureCollection',
        features: records().map((properties) => ({
          type: 'Feature',
          geometry: { type: 'Point', coordinates: [2, 48] },
          properties
        }))
      })
    ),
    other(
      'tableaux.json',
      json({ data: [['code', 'nom', 'total', 'taux'], ...records().map((record) => Object.values(record))] })
    ),
    other(
      'lignes.ndjson',
      Buffer.from(
        records()
          .map((record, at) => (at === 3 ? '{"code": "07", "nom"' : JSON.stringify(record)))
          .join('\n')
      ),
      { rejected: 1 }
    ),
    other('empaquete.csv.gz', gzipSync(csv), { encoding: 'utf-8', delimiter: ';', header: 1 }),
    other(
      'empaquete.zip',
      zipOf([
        { name: 'données/export.csv', content: csv },
        { name: 'LISEZMOI.txt', content: Buffer.from('À lire.') }
      ]),
      { encoding: 'utf-8', delimiter: ';', header: 1 }
    )
  ]
}

function workbooks(): Shape[] {
  const header = ['code', 'nom', 'total', 'taux']
  const body = records().map(({ code, nom, total, taux }) => [code, nom, total, taux])
  const notes = [['Source : Insee'], ['Lecture : invention']]
  return (['xlsx', 'biff8', 'ods'] as BookType[]).flatMap((bookType) => {
    const ending = bookType === 'biff8' ? 'xls' : bookType
    const titled = bookOf(bookType, [
      ['Données', [['Tableau 1 – Emploi'], [], header, ...body, [], ...notes]]
    ])
    const several = bookOf(bookType, [
      ['Lisez-moi', [['Ce classeur décrit des départements.'], ['Voir la feuille suivante.']]],
      ['Export', [header, ...body]]
    ])
    return [
      other(`titre.${ending}`, titled, { header: 3 }),
      other(`feuilles.${ending}`, several, { header: 1 })
    ]
  })
}

function bookOf(
  bookType: BookType,
  sheets: readonly (readonly [string, readonly (readonly unknown[])[]])[]
): Buffer {
  const book = utils.book_new()
  for (const [name, rows] of sheets)
    utils.book_append_sheet(book, utils.aoa_to_sheet(rows.map((row) => [...row])), name)
  return write(book, { type: 'buffer', bookType }) as Buffer
}

/** Files in shapes that the labelled ones do not have. */
export const otherShapes = (): readonly Shape[] => [
  ...textShapes,
  ...moreTextShapes,
  ...packed(),
  ...workbooks()
]
