import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GreyImage } from '../../../../processors/cv/ocr/grey-image.ts'
import { linesOfHocr, type OcrLine } from '../../../../processors/cv/ocr/hocr.ts'
import { piecesOf } from '../../../../processors/cv/ocr/ocr-pieces.ts'

const blank: GreyImage = { width: 1_000, height: 1_000, data: Buffer.alloc(1_000_000, 255), scale: 1 }

const line = (text: string, { top = 100, size = 30, slope = 0, confidence = 95 } = {}): OcrLine => {
  const words = text.split(' ').map((word, index) => ({
    text: word,
    left: 50 + index * 200,
    right: 50 + index * 200 + word.length * 12,
    top: top - 25,
    bottom: top,
    confidence
  }))
  return { left: 50, baseline: top, slope, size, words }
}

test('words, their places and their baseline are taken from hOCR', () => {
  const hocr = `<div class='ocr_page'><span class='ocr_line' id='line_1_1' title="bbox 84 191 365 306; baseline 0.01 -7; x_size 40.5; x_descenders 5">
    <span class='ocrx_word' id='word_1_1' title='bbox 84 191 200 300; x_wconf 91'><strong>Vins</strong> &amp; l&#39;eau</span>
    <span class='ocrx_word' id='word_1_2' title='bbox 210 191 230 300; x_wconf 20'> </span>
  </span></div>`
  const words = [{ text: "Vins & l'eau", left: 84, top: 191, right: 200, bottom: 300, confidence: 91 }]
  assert.deepEqual(linesOfHocr(hocr), [{ left: 84, baseline: 299, slope: 0.01, size: 40.5, words }])
})

test('a page that was scanned aslant is straight again', () => {
  const rows = [100, 200, 300].map((top) => line('Infirmière en chirurgie', { top, slope: 0.02 }))
  const dates = { ...line('2018 – 2020'), left: 800, baseline: 100 + 750 * 0.02, slope: 0.02 }
  const pieces = piecesOf([...rows, dates], blank, 0)
  const bottoms = [pieces[0], pieces.at(-1)].map((piece) => piece?.box.bottom ?? 0)
  assert.ok(Math.abs((bottoms[0] ?? 0) - (bottoms[1] ?? 0)) < 0.5, String(bottoms))
})

test('lines of one size are of one size, whatever letters they have', () => {
  const heights = [30, 28, 31, 33, 60]
  const pieces = piecesOf(
    heights.map((size, index) => line('Texte', { size, top: 100 * index + 100 })),
    blank,
    0
  )
  const sizes = pieces.map(({ size }) => size)
  assert.equal(new Set(sizes.slice(0, 4)).size, 1)
  assert.notEqual(sizes[4], sizes[0])
})

test('an address that was taken for two words is one, and a low sign before a line is a bullet', () => {
  const address = line('jdoe @example.com')
  const near = { ...address, words: address.words.map((word, index) => ({ ...word, left: 50 + index * 50 })) }
  const point = line('e Pose')
  const low = {
    ...point,
    words: point.words.map((word, index) => (index === 0 ? { ...word, top: 92 } : word))
  }
  const texts = piecesOf([near, { ...low, baseline: 300 }], blank, 0).map(({ text }) => text)
  assert.deepEqual(texts, ['jdoe@example.com', '•', 'Pose'])
})

test('speckles that were taken for letters are left out', () => {
  assert.deepEqual(piecesOf([line('~ ; |'), line('aw Bi', { confidence: 12 })], blank, 0), [])
})
