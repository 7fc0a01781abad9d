import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readCv } from '../../../processors/cv/read-cv.ts'
import { sampleCv } from './sample-cv.ts'
import { bodyOf, docxOf } from './zip-of.ts'

const lie = 'hired@example.org'
const body = bodyOf(...sampleCv.split('\n'))
const styles = (run: string) =>
  `<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:style w:type="paragraph" w:styleId="Own"><w:rPr>${run}</w:rPr></w:style><w:style w:type="character" w:styleId="Run"><w:rPr>${run}</w:rPr></w:style></w:styles>`
const docx = (xml: string, run = '<w:b/>') =>
  docxOf(body.replace('</w:body>', `${xml}</w:body>`), [
    { name: 'word/styles.xml', content: Buffer.from(styles(run)) }
  ])
const run = (properties: string) => `<w:r><w:rPr>${properties}</w:rPr><w:t>${lie}</w:t></w:r>`
const white = '<w:color w:val="FFFFFF"/>'
const dark = '<w:shd w:val="clear" w:fill="1F3864"/>'
const rtf = (text: string) =>
  Buffer.from(
    `{\\rtf1\\ansi{\\colortbl;\\red0\\green0\\blue0;\\red255\\green255\\blue255;\\red31\\green56\\blue100;}${Array.from(
      sampleCv,
      (sign) => (sign === '\n' ? '\\par\n' : sign.charCodeAt(0) > 127 ? `\\u${sign.charCodeAt(0)}?` : sign)
    ).join('')}\\par ${text}\\par}`
  )

const hidden: Readonly<Record<string, Buffer>> = {
  'a DOCX, hidden': docx(`<w:p>${run('<w:vanish/>')}</w:p>`),
  'a DOCX, hidden by the style of its paragraph': docx(
    `<w:p><w:pPr><w:pStyle w:val="Own"/></w:pPr>${run('')}</w:p>`,
    '<w:vanish/>'
  ),
  'a DOCX, hidden by the style of its letters': docx(
    `<w:p>${run('<w:rStyle w:val="Run"/>')}</w:p>`,
    '<w:vanish/>'
  ),
  'a DOCX, white': docx(`<w:p>${run(white)}</w:p>`),
  'a DOCX, nearly white': docx(`<w:p>${run('<w:color w:val="FDFEFD"/>')}</w:p>`),
  'a DOCX, a point high': docx(`<w:p>${run('<w:sz w:val="2"/>')}</w:p>`),
  'a DOCX, deleted': docx(`<w:p><w:del>${run('')}</w:del></w:p>`),
  'an RTF, hidden': rtf(`{\\v ${lie}}`),
  'an RTF, white': rtf(`{\\cf2 ${lie}}`),
  'an RTF, a point high': rtf(`{\\fs2 ${lie}}`)
}

for (const [what, bytes] of Object.entries(hidden))
  test(`text is taken away and flagged that is in ${what}`, async () => {
    const { document, warnings, data } = await readCv(bytes)
    assert.ok(!document.text.includes('hired'), document.text)
    assert.deepEqual(warnings, what.includes('deleted') ? [] : ['hidden_text'])
    assert.equal(data.personal_info.name, 'Claire MABIGNATH')
  })

const cell = (properties: string, content: string) => `<w:tc><w:tcPr>${properties}</w:tcPr>${content}</w:tc>`
const seen: Readonly<Record<string, Buffer>> = {
  'a DOCX, white in a dark cell': docx(
    `<w:tbl><w:tr>${cell(dark, `<w:p>${run(white)}</w:p>`)}</w:tr></w:tbl>`
  ),
  'a DOCX, white in a dark paragraph': docx(`<w:p><w:pPr>${dark}</w:pPr>${run(white)}</w:p>`),
  'a DOCX, white on a mark': docx(`<w:p>${run(`${white}<w:highlight w:val="black"/>`)}</w:p>`),
  'a DOCX, white in a text box': docx(
    `<w:p><w:r><w:drawing><wps:txbx xmlns:wps="x"><w:txbxContent><w:p>${run(white)}</w:p></w:txbxContent></wps:txbx></w:drawing></w:r></w:p>`
  ),
  'a DOCX, white before a picture that stands behind the text': docx(
    `<w:p><w:r><w:drawing><wp:anchor xmlns:wp="x" behindDoc="1"/></w:drawing></w:r>${run(white)}</w:p>`
  ),
  'a DOCX, shown again by its letters': docx(
    `<w:p><w:pPr><w:pStyle w:val="Own"/></w:pPr>${run('<w:vanish w:val="0"/>')}</w:p>`,
    '<w:vanish/>'
  ),
  'a DOCX, in a content control of a row': docx(
    `<w:tbl><w:sdt><w:sdtContent><w:tr><w:sdt><w:sdtContent>${cell('', `<w:sdt><w:sdtContent><w:p>${run('')}</w:p></w:sdtContent></w:sdt>`)}</w:sdtContent></w:sdt></w:tr></w:sdtContent></w:sdt></w:tbl>`
  ),
  'an RTF, white on a dark ground': rtf(`{\\chcbpat3\\cf2 ${lie}}`)
}

for (const [what, bytes] of Object.entries(seen))
  test(`text is kept that is in ${what}`, async () => {
    const { document, warnings } = await readCv(bytes)
    assert.ok(document.text.includes(lie), document.text)
    assert.deepEqual(warnings, [])
  })
