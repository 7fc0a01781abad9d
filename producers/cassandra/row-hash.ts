import { hash } from 'node:crypto'

/**
 * 52 bits of a row's texts and of when it was written. Each text has its length before it, so that no two rows look
 * the same; the write time is part of it, so that a row that went back to an earlier content is news (a crash may
 * have published what lay between).
 */
export function rowHash(texts: readonly (string | null)[], writtenAt: number | null): number {
  let input = `${writtenAt}`
  for (const text of texts) input += text === null ? '|-' : `|${text.length}:${text}`
  return Number.parseInt(hash('md5', input, 'hex').slice(0, 13), 16)
}
