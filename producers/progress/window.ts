import { CourantError } from '../../runtime/errors.ts'
import type { EtlTable } from '../../schemas/erp/metadata.ts'

// Times of the source are its wall clock without a zone; as UTC they can be computed with and come back the same.
const clockText = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?/

/** Microseconds of a clock's text, as if it were UTC; SOURCE_REFUSED for a text that is none. */
export function clockMicros(text: string): number {
  const [, date, time, fraction = ''] = clockText.exec(text) ?? []
  const seconds = date === undefined ? Number.NaN : Date.parse(`${date}T${time}Z`)
  if (Number.isNaN(seconds))
    throw new CourantError(
      'SOURCE_REFUSED',
      "The source's clock, or LastSuccessTs, is not like 2026-11-22 07:30:00: correct it"
    )
  return seconds * 1000 + Number(fraction.padEnd(6, '0').slice(0, 6))
}

/** The text of microseconds, to the millisecond: OpenEdge has no finer times. */
export const clockTextOf = (micros: number): string =>
  new Date(Math.floor(micros / 1000)).toISOString().replace('T', ' ').replace('Z', '')

/**
 * The lower bound on DateModifCol of an incremental run, as the source writes it: LastSuccessTs minus the table's
 * lookback, a day for precision `date`; earlier by as much as the clock was set back since, in microseconds.
 */
export function changedFrom(
  table: Pick<EtlTable, 'lookbackMs' | 'dateModifPrecision'>,
  lastSuccessAt: string,
  setBack = 0
): string {
  const bound = clockTextOf(clockMicros(lastSuccessAt) - setBack - table.lookbackMs * 1000)
  return table.dateModifPrecision === 'date' ? bound.slice(0, 10) : bound
}
