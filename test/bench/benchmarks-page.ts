import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import type { Bench, Findings } from './bench.ts'
import { markdownTable } from './markdown-table.ts'

const page = new URL('../../docs/benchmarks.md', import.meta.url)

/** What a measurement found, as Markdown, with when and on what machine. */
export function sectionText(bench: Bench, findings: Findings, measuredAt: Date): string {
  return [
    `## ${bench.number}. ${bench.title}`,
    `Measured ${measuredAt.toISOString().slice(0, 16).replace('T', ' ')} UTC on ${machine()}.`,
    findings.setting.join(' '),
    ...findings.tables.map(markdownTable),
    findings.verdicts.map((verdict) => `- ${verdict}`).join('\n')
  ].join('\n\n')
}

function machine(): string {
  const cores = cpus()
  const memoryGb = Math.round(totalmem() / 1e9)
  const model = cores[0]?.model.trim() ?? 'unknown CPU'
  return `${cores.length} cores (${model}), ${memoryGb} GB, Linux ${release()}, Node ${process.versions.node}`
}

/** Puts a section between its markers in docs/benchmarks.md; the others stay as they are. */
export function writeSection(bench: Bench, text: string): void {
  const before = readFileSync(page, 'utf8')
  const [begin, end] = [`<!-- bench ${bench.number} -->`, `<!-- /bench ${bench.number} -->`]
  const from = before.indexOf(begin)
  const to = before.indexOf(end)
  if (from < 0 || to < from) throw new Error(`docs/benchmarks.md has no place for ${begin}`)
  writeFileSync(page, `${before.slice(0, from + begin.length)}\n${text}\n${before.slice(to)}`)
}
