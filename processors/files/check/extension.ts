import { basename } from 'node:path'
import type { Source } from '../identify/open-source.ts'
import type { Report } from '../report/finding.ts'

const endings: Readonly<Record<string, readonly Source['kind'][]>> = {
  csv: ['text'],
  tsv: ['text'],
  tab: ['text'],
  txt: ['text'],
  json: ['json', 'ndjson'],
  geojson: ['json'],
  ndjson: ['ndjson', 'json'],
  jsonl: ['ndjson', 'json'],
  xlsx: ['xlsx'],
  xlsm: ['xlsx'],
  xls: ['xls'],
  ods: ['ods'],
  parquet: ['parquet']
}

/** Says where a name promises another format than the content has. */
export function noteMismatch(path: string, { kind, name }: Source, report: Report): void {
  const ending = /\.([a-z]+)(?:\.gz)?$/i.exec(basename(name === '' ? path : name))?.[1]?.toLowerCase() ?? ''
  const promised = endings[ending]
  if (promised === undefined || promised.includes(kind)) return
  report({ code: 'extension_mismatch', value: `.${ending}`, expected: kind === 'text' ? 'csv' : kind })
}
