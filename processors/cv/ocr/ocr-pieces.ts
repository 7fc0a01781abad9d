import type { Piece } from '../document/document.ts'
import type { GreyImage } from './grey-image.ts'
import type { OcrLine, OcrWord } from './hocr.ts'
import { boldWords } from './stroke.ts'

/** Below it a line is a picture's speckles rather than letters. */
const leastConfidence = 45

/**
 * What was read of a picture, as the pieces that a page with text gives: straightened, with sizes that are alike where
 * letters are.
 */
export function piecesOf(lines: readonly OcrLine[], image: GreyImage, page: number): Piece[] {
  const { scale } = image
  const read = lines.filter(isRead).map((line) => ({ ...line, words: joined(withBullet(line)) }))
  const bold = boldWords(image, read)
  const slope = slopeOf(read)
  const sizes = sizesOf(read)
  return read.flatMap((line, index) => {
    const size = (sizes[index] as number) / scale
    const baseline = (line.baseline - slope * line.left) / scale
    return line.words.map((word) => {
      // A page that was scanned aslant is turned around its top left corner.
      const shift = slope * word.top
      const [left, right] = [(word.left + shift) / scale, (word.right + shift) / scale]
      return {
        page,
        text: word.text.normalize('NFC'),
        box: { left, right, top: baseline - size * 0.8, bottom: baseline + size * 0.2 },
        size: Math.round(size * 10) / 10,
        bold: bold.has(word),
        italic: false,
        color: 0,
        link: null,
        spacing: 0
      }
    })
  })
}

function isRead({ words }: OcrLine): boolean {
  const letters = words.reduce((sum, { text }) => sum + (text.match(/[\p{L}\d]/gu)?.length ?? 0), 0)
  const mean = words.reduce((sum, { confidence }) => sum + confidence, 0) / words.length
  return letters > 0 && mean >= leastConfidence
}

/** How much the page's lines fall to the right: the middle of those that are long enough to tell. */
function slopeOf(lines: readonly OcrLine[]): number {
  const long = lines.filter((line) => (line.words.at(-1)?.right ?? 0) - line.left > line.size * 8)
  const slopes = long.map(({ slope }) => slope).sort((a, b) => a - b)
  return slopes.length < 3 ? 0 : (slopes[slopes.length >> 1] ?? 0)
}

/** Lines whose heights differ by less than this are of one size: the height of a line depends on the letters it has. */
const sameSize = 0.14

/** The size of each line, the same for those that are about as high; sizes that many letters have come first. */
function sizesOf(lines: readonly OcrLine[]): number[] {
  const letters = (line: OcrLine) => line.words.reduce((sum, { text }) => sum + text.length, 0)
  const left = new Set(lines)
  const sizes = new Map<OcrLine, number>()
  while (left.size > 0) {
    const size = commonest([...left], letters)
    for (const line of left)
      if (Math.abs(line.size - size) <= size * sameSize) {
        sizes.set(line, size)
        left.delete(line)
      }
  }
  return lines.map((line) => sizes.get(line) ?? line.size)
}

/** The size around which most letters are. */
function commonest(lines: readonly OcrLine[], letters: (line: OcrLine) => number): number {
  const counts = new Map<number, number>()
  for (const line of lines)
    counts.set(Math.round(line.size), (counts.get(Math.round(line.size)) ?? 0) + letters(line))
  const near = (size: number) =>
    [...counts].reduce((sum, [each, count]) => sum + (Math.abs(each - size) <= size * 0.06 ? count : 0), 0)
  const best = [...counts.keys()].reduce((a, b) => (near(b) > near(a) ? b : a))
  const own = lines.filter((line) => Math.abs(line.size - best) <= Math.max(1, best * 0.06))
  const sorted = own.map(({ size }) => size).sort((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? best
}

/** Less high than the lowest letter, in heights of the line. */
const bulletHeight = 0.42

/** A bullet is taken for a letter that looks like it; it is lower than any, or is a sign that begins no line. */
function withBullet({ words, size }: OcrLine): readonly OcrWord[] {
  const [first, ...others] = words
  if (!first || others.length === 0 || !/^[^\p{Lu}\d-]$/u.test(first.text)) return words
  const isLow = first.bottom - first.top < size * bulletHeight && !/^[–—•]$/u.test(first.text)
  return isLow || /^[©®°¢¤»¥«]$/u.test(first.text) ? [{ ...first, text: '•' }, ...others] : words
}

/** Addresses that were taken for two words ("jdoe", "@example.com") are one. */
function joined(words: readonly OcrWord[]): OcrWord[] {
  const result: OcrWord[] = []
  for (const word of words) {
    const last = result.at(-1)
    const isOne = last && (word.text.startsWith('@') || last.text.endsWith('@')) && isNear(last, word)
    if (isOne) result[result.length - 1] = { ...last, text: last.text + word.text, right: word.right }
    else result.push(word)
  }
  return result
}

const isNear = (last: OcrWord, word: OcrWord) => word.left - last.right < (word.bottom - word.top) * 0.6
