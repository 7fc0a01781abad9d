import { basename } from 'node:path'
import type { Progress } from '../../processors/files/check/check-file.ts'
import { ProgressLine } from '../../cli/verb/progress-line.ts'

const quietMs = 1_000
const everyMs = 200

const stages = { scanning: [0, 0.1], profiling: [0.1, 0.55], judging: [0.55, 1] } as const

/** Says how far a file is on the error output, once it takes longer than one would wait without a word. */
export function progressLine(file: string): { show(progress: Progress): void; clear(): void } {
  const line = new ProgressLine(process.stderr)
  const start = performance.now()
  let last = start
  return {
    show({ stage, done, of }) {
      const now = performance.now()
      if (now - start < quietMs || now - last < everyMs) return
      last = now
      const [from, to] = stages[stage]
      const share = of === null || of === 0 ? from : Math.min(to, from + (to - from) * (done / of))
      const left =
        share > 0.02 ? `, about ${Math.ceil(((now - start) / share - (now - start)) / 1000)} s left` : ''
      line.show(`${basename(file)}: ${stage} ${Math.round(share * 100)} %${left}`)
    },
    clear: () => line.clear()
  }
}
