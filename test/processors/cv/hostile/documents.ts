import { deflateSync } from 'node:zlib'
import { pageOf, pdfOf, shown, streamOf } from '../pdf-of.ts'
import { sampleCv } from '../sample-cv.ts'
import { bodyOf, docxOf, zipOf } from '../zip-of.ts'

/** A document that means harm: what it is, and the refusal it must end as; null where it may be read, or be refused. */
export interface HostileDocument {
  readonly what: string
  readonly bytes: Buffer
  readonly refusal: string | null
}

const cv = pageOf(sampleCv)
const text = (what: string, content: string, refusal: string | null = null): HostileDocument => ({
  what: `a text of ${what}`,
  bytes: Buffer.from(content),
  refusal
})
const pdf = (what: string, bytes: Buffer, refusal: string | null = null): HostileDocument => ({
  what: `a PDF ${what}`,
  bytes,
  refusal
})
const docx = (what: string, bytes: Buffer, refusal: string | null = null): HostileDocument => ({
  what: `a DOCX ${what}`,
  bytes,
  refusal
})
const rtf = (what: string, content: string, refusal: string | null = null): HostileDocument => ({
  what: `an RTF ${what}`,
  bytes: Buffer.from(content, 'latin1'),
  refusal
})

/** A stream that inflates to very much more than it has. */
function inflating(content: Buffer): string {
  const packed = deflateSync(deflateSync(content, { level: 9 }), { level: 9 }).toString('latin1')
  return streamOf(packed, '/Filter [/FlateDecode /FlateDecode]')
}

const pages = (count: number) => pdfOf(Array.from({ length: count }, () => shown('page')))
const image = (width: number, height: number) =>
  `<< /Type /XObject /Subtype /Image /Width ${width} /Height ${height} /ColorSpace /DeviceRGB /BitsPerComponent 8 /Length 3 >>\nstream\nabc\nendstream`

function pdfs(): HostileDocument[] {
  const grid = Array.from({ length: 20_000 }, (_, index) =>
    shown('a', { x: (index % 140) * 4, y: 10 + Math.floor(index / 140) * 5, size: 3 })
  ).join('')
  const boxes = Array.from({ length: 4_000 }, (_, index) => `1 g ${index % 500} 9 90 700 re f\n`).join('')
  return [
    pdf('of ten thousand pages', pages(10_000), 'CV_TOO_MANY_PAGES'),
    pdf(
      'whose pages are their own parent',
      Buffer.from(pages(1).toString('latin1').replace('/Kids [5', '/Kids [2'), 'latin1')
    ),
    pdf(
      'whose stream inflates to 200 MB',
      pdfOf([cv + '/X Do'], {
        resources: '/XObject << /X @ 0 R >>',
        objects: [
          inflating(Buffer.alloc(200_000_000, 32)).replace(
            '<< ',
            '<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] '
          )
        ]
      })
    ),
    pdf(
      'whose form paints itself',
      pdfOf([`${cv}/X Do`], {
        resources: '/XObject << /X @ 0 R >>',
        objects: [
          streamOf(
            '/X Do /X Do',
            '/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X @ 0 R >> >>'
          )
        ]
      })
    ),
    pdf(
      'with a picture of a million by a million',
      pdfOf([`q 595 0 0 842 0 0 cm /X Do Q`], {
        resources: '/XObject << /X @ 0 R >>',
        objects: [image(1_000_000, 1_000_000)]
      })
    ),
    pdf('as large as a town', pdfOf([cv], { pageEntries: '/MediaBox [0 0 2000000 2000000]' })),
    pdf('without any size', pdfOf([cv], { pageEntries: '/MediaBox [0 0 0 0]' })),
    pdf('of twenty thousand cells', pdfOf([grid])),
    pdf('with thousands of boxes over its words', pdfOf([cv + boxes])),
    pdf('of numbers without end', pdfOf([`${'1'.repeat(3_000_000)} 0 Td ${cv}`])),
    pdf('that nests without end', pdfOf([`${'q '.repeat(500_000)}${cv}`])),
    pdf(
      'with arrays in arrays',
      Buffer.from(`%PDF-1.7\n1 0 obj\n${'['.repeat(200_000)}\nendobj`),
      'CV_BROKEN'
    ),
    pdf(
      'with a script and a file in it',
      pdfOf([cv], {
        catalogEntries:
          '/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >> /Names << /EmbeddedFiles << /Names [(a.exe) @ 0 R] >> >>',
        objects: ['<< /Type /Filespec /F (a.exe) >>']
      })
    ),
    pdf('behind other bytes', Buffer.concat([Buffer.alloc(900, 32), pdfOf([cv])])),
    pdf(
      'that claims to be encrypted',
      Buffer.from(
        pdfOf([cv])
          .toString('latin1')
          .replace('/Root', '/Encrypt << /Filter /Standard /V 9 /R 9 /O (a) /U (b) /P -1 >> /Root'),
        'latin1'
      ),
      'CV_ENCRYPTED'
    )
  ]
}

function docxs(): HostileDocument[] {
  const paragraphs = (count: number, content: string) =>
    docxOf(bodyOf(...Array.from({ length: count }, () => content)))
  const nested = (depth: number) =>
    `${'<w:tbl><w:tr><w:tc>'.repeat(depth)}<w:p/>${'</w:tc></w:tr></w:tbl>'.repeat(depth)}`
  return [
    docx('that inflates to 200 MB', docxOf(Buffer.alloc(200_000_000, 32)), 'CV_BOMB'),
    docx(
      'that lies about its size',
      zipOf([{ name: 'word/document.xml', content: Buffer.alloc(20_000_000, 32), declared: 40_000 }]),
      'CV_BROKEN'
    ),
    docx(
      'of twenty thousand entries',
      zipOf(Array.from({ length: 20_000 }, (_, index) => ({ name: `a${index}`, content: Buffer.alloc(0) }))),
      'CV_BOMB'
    ),
    docx(
      'with names that climb out',
      docxOf(bodyOf(...sampleCv.split('\n')), [
        { name: '../../../tmp/courant-was-here', content: Buffer.from('x') }
      ])
    ),
    docx(
      'with entities in entities',
      docxOf(`<!DOCTYPE a [<!ENTITY b "cc"><!ENTITY d "&b;&b;">]><w:document>&d;</w:document>`),
      'CV_EXTERNAL_ENTITIES'
    ),
    docx(
      'with an external entity',
      docxOf('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><w:document>&b;</w:document>'),
      'CV_EXTERNAL_ENTITIES'
    ),
    docx(
      'with macros',
      docxOf(bodyOf(sampleCv), [{ name: 'word/vbaProject.bin', content: Buffer.from('x') }]),
      'CV_MACROS'
    ),
    docx('of tables in tables', docxOf(bodyOf(sampleCv).replace('</w:body>', `${nested(60)}</w:body>`))),
    docx('of a hundred thousand paragraphs', paragraphs(100_000, 'Infirmière 2019 - 2020')),
    docx('of a word of two million letters', paragraphs(1, 'a'.repeat(2_000_000))),
    docx(
      'whose style is its own base',
      docxOf(bodyOf(...sampleCv.split('\n')), [
        {
          name: 'word/styles.xml',
          content: Buffer.from(
            '<w:styles><w:style w:styleId="A"><w:basedOn w:val="B"/></w:style><w:style w:styleId="B"><w:basedOn w:val="A"/></w:style></w:styles>'
          )
        }
      ])
    ),
    docx(
      'with an attribute of a million letters',
      docxOf(bodyOf(sampleCv).replace('<w:body>', `<w:body a="${'b'.repeat(1_000_000)}">`))
    )
  ]
}

function others(): HostileDocument[] {
  const lines = (count: number, line: string) => Array.from({ length: count }, () => line).join('\n')
  return [
    rtf('that nests without end', `{\\rtf1 ${'{'.repeat(1_000_000)}`, 'CV_BOMB'),
    rtf('that ends groups it did not begin', `{\\rtf1 ${'}'.repeat(1_000_000)} ${sampleCv}`),
    rtf('of words without a break', `{\\rtf1 ${'\\'.repeat(500_000)}${'a'.repeat(500_000)}}`),
    rtf('with bytes that it claims and has not', `{\\rtf1 \\bin2000000000 ${sampleCv}}`),
    rtf('of a table of a hundred thousand cells', `{\\rtf1 \\intbl ${'a\\cell '.repeat(100_000)}\\row}`),
    rtf(
      'with a color table without end',
      `{\\rtf1{\\colortbl${';\\red1\\green1\\blue1'.repeat(50_000)};} ${sampleCv}}`
    ),
    text('blanks', ' '.repeat(9_000_000), 'CV_NO_TEXT'),
    text('dots', `${'.'.repeat(1_000_000)} ${'. '.repeat(500_000)}`, 'CV_NO_TEXT'),
    text('digits', lines(2_000, '0123456789 '.repeat(200)), 'CV_NO_TEXT'),
    text('dates', lines(20_000, '01/2019 - 12/2020 - 03/2021 à présent')),
    text('addresses', lines(20_000, `${'a.'.repeat(60)}@${'b.'.repeat(60)}`)),
    text('one line of ten million letters', 'é'.repeat(5_000_000)),
    text('headings', lines(60_000, 'EXPÉRIENCE PROFESSIONNELLE')),
    text('tabs', lines(300, 'a\t'.repeat(3_000))),
    text('brackets', lines(2_000, '('.repeat(1_000))),
    text('signs that turn and join', lines(3_000, '\u202e\u200d\u0301\u0301\u0301a'.repeat(40))),
    { what: 'a PNG that inflates without end', bytes: pngBomb(), refusal: null },
    { what: 'a PNG of a wall', bytes: pngHead(100_000, 100_000), refusal: null },
    {
      what: 'a JPEG that is its head alone',
      bytes: Buffer.from('ffd8ffc00011080fff0fff03012200021101031101ffd9', 'hex'),
      refusal: null
    },
    { what: 'a compound file that points at itself', bytes: compoundLoop(), refusal: null }
  ]
}

const pngHead = (width: number, height: number, passes = 0) => {
  const head = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')
  const size = Buffer.alloc(17)
  size.writeUInt32BE(width, 0)
  size.writeUInt32BE(height, 4)
  size.set([8, 6, 0, 0, passes], 8)
  return Buffer.concat([head, size])
}

function pngBomb(): Buffer {
  const packed = deflateSync(Buffer.alloc(300_000_000), { level: 9 })
  const length = Buffer.alloc(4)
  length.writeUInt32BE(packed.length)
  return Buffer.concat([pngHead(100, 100, 1), length, Buffer.from('IDAT'), packed, Buffer.alloc(4)])
}

function compoundLoop(): Buffer {
  const head = Buffer.alloc(4_096)
  head.set(Buffer.from('d0cf11e0a1b11ae1', 'hex'))
  head.writeUInt16LE(0xfffe, 28)
  head.writeUInt16LE(9, 30)
  head.writeUInt16LE(6, 32)
  return Buffer.concat([head, Buffer.from('WordDocument', 'utf16le'), Buffer.alloc(2_000)])
}

export const hostileDocuments = (): HostileDocument[] => [...pdfs(), ...docxs(), ...others()]
