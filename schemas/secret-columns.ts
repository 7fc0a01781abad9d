import type { Column } from './table.ts'

const secretName = /passw|pwd|secret(?!ar)|credential|hash(?!tag)|token|api_?key|private_?key/i

/**
 * Columns that look like passwords, hashes, tokens or other secrets by their names; none of them may leave a source
 * unless its field says `"secret": false`.
 */
export function secretColumns(columns: readonly Pick<Column, 'name' | 'isNoSecret'>[]): string[] {
  return columns
    .filter(({ name, isNoSecret }) => !isNoSecret && secretName.test(name))
    .map(({ name }) => name)
}
