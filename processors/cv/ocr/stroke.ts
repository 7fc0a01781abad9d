import type { GreyImage } from './grey-image.ts'
import type { OcrLine, OcrWord } from './hocr.ts'

/** Strokes of bold letters are more than this times as thick as those of most letters. */
const boldShare = 1.3

/** Words that are bold: whose strokes are thicker, for their size, than most of the page. */
export function boldWords(image: GreyImage, lines: readonly OcrLine[]): ReadonlySet<OcrWord> {
  const measured = lines.map(({ words, size }) =>
    words.map((word) => {
      const stroke = word.text.length < 3 ? null : strokeOf(image, word)
      return stroke === null ? null : stroke / size
    })
  )
  const all = measured
    .flat()
    .filter((stroke) => stroke !== null)
    .sort((a, b) => a - b)
  const usual = all[all.length >> 1] ?? 0
  const bold = new Set<OcrWord>()
  for (const [index, { words }] of lines.entries()) {
    let isBold = (measured[index]?.find((stroke) => stroke !== null) ?? 0) > usual * boldShare
    for (const [at, word] of words.entries()) {
      const stroke = measured[index]?.[at] ?? null
      // A word too short to tell is as the one before it.
      if (stroke !== null) isBold = stroke > usual * boldShare
      if (isBold) bold.add(word)
    }
  }
  return bold
}

/** Fewer letters do not tell how thick a font is. */
const fewestRuns = 8

/** How thick the strokes of a word are, in points of the picture; null where it has too few to tell. */
function strokeOf({ width, height, data }: GreyImage, word: OcrWord): number | null {
  const [left, top] = [Math.max(0, word.left), Math.max(0, word.top)]
  const [right, bottom] = [Math.min(width, word.right), Math.min(height, word.bottom)]
  const middle = middleOf(data, { left, right, top, bottom, width })
  if (middle === null) return null
  // Letters have less of their box than the paper has, also where they are light on dark.
  const isDark = middle.dark * 2 < middle.all
  let [ink, runs] = [0, 0]
  for (let row = top; row < bottom; row++) {
    let last = false
    for (let at = row * width + left; at < row * width + right; at++) {
      const isInk = (data[at] as number) < middle.light === isDark
      if (isInk) ink++
      if (isInk && !last) runs++
      last = isInk
    }
  }
  return runs < fewestRuns ? null : ink / runs
}

interface Area {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
  readonly width: number
}

/** The light in the middle between an area's darkest and lightest, and how many points are darker. */
function middleOf(data: Buffer, { left, right, top, bottom, width }: Area) {
  let [least, most] = [255, 0]
  const each = (see: (light: number) => void) => {
    for (let row = top; row < bottom; row++)
      for (let at = row * width + left; at < row * width + right; at++) see(data[at] as number)
  }
  each((light) => {
    least = Math.min(least, light)
    most = Math.max(most, light)
  })
  if (most - least < 40) return null
  const light = (least + most) / 2
  let dark = 0
  each((own) => {
    if (own < light) dark++
  })
  return { light, dark, all: (right - left) * (bottom - top) }
}
