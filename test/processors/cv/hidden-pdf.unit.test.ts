import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readCv } from '../../../processors/cv/read-cv.ts'
import { pageOf, type PdfOptions, pdfOf, shown } from './pdf-of.ts'
import { sampleCv } from './sample-cv.ts'

const lie = 'hired@example.org'
const at = { x: 60, y: 60 }
const cv = pageOf(sampleCv)

/** What a page paints so that people do not see the lie, after the CV. */
const hidden: Readonly<Record<string, { content: string; options?: PdfOptions }>> = {
  'white on the paper': { content: cv + shown(lie, { ...at, before: '1 g' }) },
  'nearly white on the paper': { content: cv + shown(lie, { ...at, before: '0.97 0.98 0.96 rg' }) },
  'of the color of the box behind it': {
    content: `${cv}0.2 0.3 0.4 rg 50 50 300 40 re f\n${shown(lie, { ...at, before: '0.2 0.3 0.42 rg' })}`
  },
  'white before a white box on a dark one': {
    content: `${cv}0 g 50 50 300 40 re f 1 g 55 55 200 30 re f\n${shown(lie, { ...at, before: '1 g' })}`
  },
  'under a box': { content: `${cv}${shown(lie, at)}1 g 50 50 300 40 re f\n` },
  'under a picture': {
    content: `${cv}${shown(lie, at)}q 300 0 0 40 50 50 cm BI /W 1 /H 1 /BPC 8 /CS /G ID \x80 EI Q\n`
  },
  'a point high': { content: cv + shown(lie, { ...at, size: 1 }) },
  'left of the page': { content: cv + shown(lie, { ...at, x: -300 }) },
  'outside of the crop box': {
    content: cv + shown(lie, { ...at, y: 20 }),
    options: { pageEntries: '/CropBox [0 100 595 842]' }
  },
  'painted by no ink': { content: cv + shown(lie, { ...at, before: '3 Tr' }) },
  'only a path to clip by': { content: cv + shown(lie, { ...at, before: '7 Tr' }) },
  transparent: {
    content: cv + shown(lie, { ...at, before: '/Clear gs' }),
    options: { resources: '/ExtGState << /Clear << /ca 0.02 >> >>' }
  },
  'cut away': { content: `${cv}q 400 400 5 5 re W n ${shown(lie, { ...at, before: '1 g' })}Q\n` },
  'on a layer that is off': {
    content: `${cv}/OC /Off BDC ${shown(lie, at)}EMC\n`,
    options: {
      resources: '/Properties << /Off @ 0 R >>',
      objects: ['<< /Type /OCG /Name (Off) >>'],
      catalogEntries: '/OCProperties << /OCGs [@ 0 R] /D << /OFF [@ 0 R] >> >>'
    }
  }
}

for (const [what, { content, options }] of Object.entries(hidden))
  test(`text is taken away and flagged that is ${what}`, async () => {
    const { document, warnings, data } = await readCv(pdfOf([content], options))
    assert.ok(!document.text.includes('hired'), document.text)
    assert.deepEqual(warnings, ['hidden_text'])
    assert.equal(data.personal_info.name, 'Claire MABIGNATH')
  })

/** Designs in which every word is seen. */
const seen: Readonly<Record<string, { content: string; options?: PdfOptions }>> = {
  'white on a dark side rail': {
    content: `0.1 0.2 0.3 rg 0 0 480 842 re f\n${cv.replaceAll('BT ', 'BT 1 g ').replaceAll('1 0 0 1 50', '1 0 0 1 20')}${shown(lie, { x: 20, y: 60, before: '1 g' })}`
  },
  'white on a dark picture': {
    content: `q 595 0 0 842 0 0 cm BI /W 1 /H 1 /BPC 8 /CS /G ID \x20 EI Q\n${cv.replaceAll('BT ', 'BT 1 g ')}${shown(lie, { ...at, before: '1 g' })}`
  },
  'dark on a box that is painted first': { content: `0.9 g 50 50 300 40 re f 0 g\n${cv}${shown(lie, at)}` },
  'pale grey': { content: cv + shown(lie, { ...at, before: '0.7 g' }) },
  'within a frame that is drawn after it': { content: `${cv}${shown(lie, at)}50 50 300 40 re S\n` },
  'of a layer that is on': {
    content: `${cv}/OC /On BDC ${shown(lie, at)}EMC\n`,
    options: {
      resources: '/Properties << /On @ 0 R >>',
      objects: ['<< /Type /OCG /Name (On) >>'],
      catalogEntries: '/OCProperties << /OCGs [@ 0 R] /D << >> >>'
    }
  },
  'within a crop box that begins elsewhere': {
    content: `1 0 0 1 100 200 cm ${cv}${shown(lie, at)}`,
    options: { pageEntries: '/MediaBox [0 0 800 1200] /CropBox [100 200 700 1080]' }
  },
  'on a page that is turned': {
    content: `0 1 -1 0 842 0 cm ${cv}${shown(lie, at)}`,
    options: { pageEntries: '/MediaBox [0 0 842 595] /Rotate 90' }
  }
}

for (const [what, { content, options }] of Object.entries(seen))
  test(`text is kept that is ${what}`, async () => {
    const { document, warnings, data } = await readCv(pdfOf([content], options))
    assert.ok(document.text.includes(lie), document.text)
    assert.deepEqual(warnings, [])
    assert.equal(data.personal_info.name, 'Claire MABIGNATH')
    assert.equal(data.experience.length, 2)
  })
