/** Destinations whose text people do not read. */
export const skipped = new Set([
  'fonttbl',
  'colortbl',
  'stylesheet',
  'info',
  'pict',
  'object',
  'listtable',
  'listoverridetable',
  'generator',
  'themedata',
  'colorschememapping',
  'latentstyles',
  'datastore',
  'xmlnstbl',
  'rsidtbl',
  'pgdsctbl',
  'fldinst',
  'nonshppict',
  'bkmkstart',
  'bkmkend',
  'listtext',
  'pntext',
  'template',
  'mmathPr',
  'filetbl',
  'revtbl',
  'objdata'
])

/** Code pages of `\\fcharset` (RTF 1.9.1, font table). */
export const charsets: Readonly<Record<number, string>> = {
  0: 'windows-1252',
  77: 'macintosh',
  161: 'windows-1253',
  162: 'windows-1254',
  177: 'windows-1255',
  178: 'windows-1256',
  186: 'windows-1257',
  204: 'windows-1251',
  238: 'windows-1250'
}
