import type { Line } from '../document/document.ts'
import { hasDate } from './dates.ts'
import { headerRange } from './header-range.ts'
import { hasWordOf } from './words.ts'

const hangs = /(?:\s(?:de|du|des|d'|d’|la|le|les|l'|et|en|à|au|aux|of|and|the|in|for|&)|\p{L}-)$/u

/** A name that the end of a narrow column breaks ("Institut Supérieur de", "Kinshasa") is one again. */
export function unbroken(lines: readonly Line[], ofStudies: boolean): readonly Line[] {
  const result: Line[] = []
  const right = Math.max(...lines.map(({ box }) => box.right))
  for (const line of lines) {
    const last = result.at(-1)
    const joined = last && isBroken(last, line, { right, ofStudies }) ? joinedWith(last, line) : null
    if (joined) result[result.length - 1] = joined
    else result.push(line)
  }
  return result
}

/** The upper row with the text of the lower one behind the cell that it goes on, unless that is a date. */
function joinedWith(last: Line, line: Line): Line | null {
  const at =
    last.cells.length === 1 ? 0 : last.cells.findIndex(({ box }) => Math.abs(box.left - line.box.left) < 3)
  const cell = last.cells[at]
  if (!cell || (last.cells.length > 1 && hasDate(cell.text))) return null
  const text = `${cell.text}${cell.text.endsWith('-') ? '' : ' '}${line.text}`
  const plainTail =
    cell.plainTail === undefined ? {} : { plainTail: cell.plainTail + text.length - cell.text.length }
  const cells = last.cells.with(at, { ...cell, text, ...plainTail })
  return { ...last, cells, text: cells.map((each) => each.text).join('\t') }
}

interface Within {
  readonly right: number
  readonly ofStudies: boolean
}

function isBroken(last: Line, line: Line, { right, ofStudies }: Within): boolean {
  if (!isJustBelow(last, line) || headerRange(line) !== null) return false
  if (isOfOneWeight(last, line) && hangs.test(last.text)) return true
  if (!ofStudies) return false
  if (last.text.endsWith(',') || /^\p{Ll}/u.test(line.text)) return true
  return (
    isUnderLastCell(last, line, right) && !hasWordOf('school', line.text) && !hasWordOf('degree', line.text)
  )
}

/** A line in bold may end in a plain text, which a plain line goes on. */
function isOfOneWeight(last: Line, line: Line): boolean {
  return last.bold === line.bold || (!line.bold && last.cells.at(-1)?.plainTail !== undefined)
}

function isJustBelow(last: Line, line: Line): boolean {
  const isAlike = last.block === line.block && last.size === line.size && !line.bullet && !last.bullet
  const isShortEnough = last.text.length <= 140 && line.text.length <= 60
  return isAlike && isShortEnough && line.gap < 0.6 && /^[\p{L}(]/u.test(line.text)
}

/** A row that is full goes on under its last cell. */
function isUnderLastCell(last: Line, line: Line, right: number): boolean {
  const cell = last.cells.at(-1)
  const isFull =
    cell !== undefined && last.cells.length > 1 && right - last.box.right < (right - cell.box.left) * 0.15
  return isFull && Math.abs(cell.box.left - line.box.left) < 3 && headerRange(last) !== null
}
