import { CourantError } from '../../runtime/errors.ts'
import { type RunColumn, erpTypes } from './columns.ts'
import { isRunId, type RunMarker } from './run-envelope.ts'

/** Longest text that etl.ETL_Log keeps of a window's bound. */
const clockLength = 40

/**
 * Refuses a marker that no producer of ours wrote: RECORD_INVALID says what is wrong with it. What a marker says
 * becomes names of folders and tables, types and times, so none of it is believed unseen.
 */
export function checkMarker(marker: RunMarker, details: Record<string, unknown> = {}): void {
  const problems = [...scalarProblems(marker), ...columnProblems(marker)]
  if (problems.length === 0) return
  throw new CourantError('RECORD_INVALID', `A marker of a run makes no sense: ${problems.join('; ')}`, {
    details
  })
}

function scalarProblems(marker: RunMarker): string[] {
  const isClock = (text: string | null) => text === null || text.length <= clockLength
  const checks: readonly [isWell: boolean, problem: string][] = [
    [isRunId(marker.run_id), 'run_id is no UUID'],
    [['start', 'end'].includes(marker.kind), 'kind is neither start nor end'],
    [['full', 'incremental', 'watch'].includes(marker.mode), 'mode is none that there is'],
    [Number.isSafeInteger(marker.rows) && marker.rows >= 0, 'rows is no count'],
    [Number.isSafeInteger(marker.run_version) && marker.run_version > 0, 'run_version is no version'],
    [isShape(marker.shape ?? null), 'its shape is none'],
    [isClock(marker.window_from) && isClock(marker.window_to), 'its window is no time']
  ]
  return checks.flatMap(([isWell, problem]) => (isWell ? [] : [problem]))
}

/** A column's name and eight characters for each of as many columns as a table may have. */
const longestShape = 400_000

const isShape = (shape: string | null) =>
  shape === null || (shape.length <= longestShape && typeof parsed(shape) === 'object')

function columnProblems({ columns: text, key_columns: key }: RunMarker): string[] {
  const columns = parsed(text)
  if (!Array.isArray(columns) || !columns.every(isColumn)) return ['columns are no list of columns']
  const names = new Set(columns.map(({ sqlName }) => sqlName))
  const isKey = key.length > 0 && key.every((name) => names.has(name))
  return isKey ? [] : ['key_columns are not among its columns']
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const types: ReadonlySet<unknown> = new Set(erpTypes)

function isColumn(value: unknown): value is RunColumn {
  if (typeof value !== 'object' || value === null) return false
  const { sqlName, sourceName, type, width, scale, element } = value as Record<keyof RunColumn, unknown>
  return (
    typeof sqlName === 'string' &&
    typeof sourceName === 'string' &&
    types.has(type) &&
    [width, scale, element].every(isSize)
  )
}

const isSize = (value: unknown) =>
  value === null || (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0)
