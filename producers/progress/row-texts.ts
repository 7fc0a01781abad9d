import { CourantError } from '../../runtime/errors.ts'
import { splitExtent } from './extents.ts'
import type { OdbcCell, OdbcColumn } from './odbc.ts'
import type { SelectedColumn } from './selected-columns.ts'
import { widthExceeded } from './translate-error.ts'

const bytesPerChar = 4

/** How a column's cells become texts. */
interface CellReader {
  readonly selected: SelectedColumn
  /** Text of at least this length may fill its buffer. */
  readonly suspectLength: number
  /** Of wide characters the buffer holds the described width, else four times that many bytes. */
  readonly isWide: boolean
  readonly size: number
  /** Elements of an array, 0 for a single value. */
  readonly extent: number
}

/** Turns rows of cells into rows of texts, arrays into their elements, and finds values that the binding has cut. */
export class RowTexts {
  /** Columns with text that fills its buffer of wide characters: cut, or just as long as they may be. */
  readonly filled = new Map<SelectedColumn, number>()
  readonly #table: string
  readonly #readers: readonly CellReader[]

  constructor(table: string, selected: readonly SelectedColumn[], described: readonly OdbcColumn[]) {
    this.#table = table
    this.#readers = selected.map((column, n) => cellReader(column, described[n]))
  }

  /** Texts in the order of the run's columns. WIDTH_EXCEEDED for a value that was cut. */
  of(cells: readonly OdbcCell[]): (string | null)[] {
    const texts: (string | null)[] = []
    for (let n = 0; n < this.#readers.length; n++) {
      const reader = this.#readers[n] as CellReader
      const text = cellText(cells[n] ?? null)
      if (text !== null && text.length >= reader.suspectLength) this.#checkWhole(reader, text)
      if (reader.extent === 0) texts.push(text)
      else texts.push(...this.#elements(reader, text))
    }
    return texts
  }

  #elements({ selected, extent }: CellReader, text: string | null): (string | null)[] {
    const elements = text === null ? [] : splitExtent(text, extent)
    if (elements === null)
      throw new CourantError(
        'SOURCE_REFUSED',
        `The array "${selected.source.name}" of ${this.#table} has elements that end with ~ and others with ~; in them, which OpenEdge writes alike: set a SourceExpression for it in config.ETL_Columns, such as CAST("${selected.source.name}" AS VARCHAR(2000)), so that it stays one text, or IsExcluded = 1`
      )
    if (elements.length > extent)
      throw new CourantError(
        'SOURCE_REFUSED',
        `The array "${selected.source.name}" of ${this.#table} has ${elements.length} elements where the catalogue says ${extent}: update the SQL catalogue of the source`
      )
    while (elements.length < extent) elements.push(null)
    return elements
  }

  #checkWhole({ selected, isWide, size }: CellReader, text: string): void {
    if (isWide) {
      if (text.length >= size) this.filled.set(selected, size)
      return
    }
    // The last character may have been cut in two.
    const isFull = Buffer.byteLength(text) > size * bytesPerChar - bytesPerChar
    if (isFull && text.length > size)
      throw widthExceeded({ table: this.#table, column: selected.source.name })
  }
}

function cellReader(selected: SelectedColumn, described: OdbcColumn | undefined): CellReader {
  const size = described?.columnSize ?? 0
  const type = described?.dataTypeName ?? ''
  const isWide = /^SQL_WV?(AR)?CHAR$/.test(type)
  const isText = isWide || /^SQL_(VAR)?CHAR$/.test(type)
  // A described width of 0 is a driver's way to say that there is no bound; such values come in parts, never cut.
  const suspectLength = !isText || size === 0 ? Infinity : isWide ? size : size + 1
  return { selected, suspectLength, isWide, size, extent: selected.source.extent }
}

function cellText(cell: OdbcCell): string | null {
  if (typeof cell === 'string' || cell === null) return cell
  return cell instanceof ArrayBuffer ? Buffer.from(cell).toString('hex') : String(cell)
}
