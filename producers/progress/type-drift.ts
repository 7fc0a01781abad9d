import { CourantError } from '../../runtime/errors.ts'
import type { ErpType, RunColumn } from '../../schemas/erp/columns.ts'

/** Types that may become another without a value that the older one's readers could not take. */
const wider: Partial<Record<ErpType, readonly ErpType[]>> = {
  integer: ['bigint', 'decimal'],
  bigint: ['decimal'],
  date: ['timestamp']
}

/** SOURCE_REFUSED when a column has another type than in the last complete run, other than a wider one. */
export function checkTypes(table: string, before: readonly RunColumn[], now: readonly RunColumn[]): void {
  const types = new Map(before.map((column) => [column.sqlName, column.type]))
  const problems = now.flatMap(({ sqlName, sourceName, type }) => {
    const was = types.get(sqlName)
    if (was === undefined || was === type || wider[was]?.includes(type)) return []
    return [`"${sourceName}" was ${was} and is ${type} now`]
  })
  if (problems.length === 0) return
  throw new CourantError(
    'SOURCE_REFUSED',
    `Columns of table '${table}' have another type than in the last run: ${problems.join('; ')}. Give the column a new SqlName in config.ETL_Columns, so that it becomes a column of its own, or set IsExcluded = 1`
  )
}
