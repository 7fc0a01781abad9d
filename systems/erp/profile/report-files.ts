import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolder, syncFolder, writeDurably } from '../../../runtime/files/durable-files.ts'
import { type Report, reportPage } from './report-page.ts'

/** A report for people (HTML) with what it was made from, for machines (JSON). */
export interface ReportFiles {
  /** Without an ending; what was there under the same name is replaced. */
  readonly name: string
  readonly page: Report
  readonly data: unknown
}

/** Writes both files into the folder, each whole or not at all, and gives their paths. */
export async function writeReport(folder: string, { name, page, data }: ReportFiles): Promise<string[]> {
  await makeFolder(folder)
  const contents = { html: reportPage(page), json: `${JSON.stringify(data, null, 2)}\n` }
  const files: string[] = []
  for (const [ending, content] of Object.entries(contents)) {
    const file = join(folder, `${name}.${ending}`)
    await writeDurably(`${file}.next`, content)
    await rename(`${file}.next`, file)
    files.push(file)
  }
  await syncFolder(folder)
  return files
}
