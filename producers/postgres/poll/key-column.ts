/** A key column and how its order is had on both sides. */
export interface KeyColumn {
  readonly name: string
  /** The type as PostgreSQL writes it, for casts. */
  readonly type: string
  /**
   * `bytes`: its own order is that of its text's bytes; `integer`: by value; `collate`: compared with COLLATE "C";
   * `printed`: its text is compared with COLLATE "C".
   */
  readonly order: 'bytes' | 'integer' | 'collate' | 'printed'
}

export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** A key column as it is compared and ordered. */
export function orderedColumn({ name, type, order }: KeyColumn): string {
  if (order === 'collate') return `${quoteName(name)} COLLATE "C"`
  return order === 'printed' ? `(${printedSql(quoteName(name), type)}) COLLATE "C"` : quoteName(name)
}

/** SQL of a value's text. An inet without a mask prints none, and yet its cast to text gives it one. */
export function printedSql(value: string, type: string): string {
  return type === 'inet' ? `abbrev(${value})` : `${value}::text`
}
