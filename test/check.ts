import { spawn } from 'node:child_process'
import { staleFiles } from '../docs/generate.ts'
import { historyProblems } from '../schemas/history.ts'
import { importProblems } from './imports.ts'
import { lockProblems } from './locked-packages.ts'

// `npm run check`: everything that can be known of the code without running a server.

interface Check {
  readonly name: string
  readonly run: () => Promise<string | null>
}

const command = (name: string, file: string, ...args: string[]): Check => ({
  name,
  run: () =>
    new Promise((resolve, reject) => {
      let output = ''
      const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] })
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => {
          output += String(chunk)
        })
      child.on('error', reject)
      child.on('close', (code) => resolve(code === 0 ? null : output))
    })
})

const checks: readonly Check[] = [
  command('format', 'biome', 'format', '.'),
  command('lint', 'oxlint', '--type-aware', '--deny-warnings', '.'),
  command('types', 'tsc', '-p', '.'),
  command('unused files, exports and dependencies', 'knip'),
  {
    name: 'imports go one way',
    async run() {
      const problems = importProblems()
      return problems.length === 0 ? null : problems.join('\n')
    }
  },
  {
    name: 'locked packages: hashes and licences',
    async run() {
      const problems = lockProblems()
      return problems.length === 0 ? null : problems.join('\n')
    }
  },
  {
    name: 'history of schemas',
    async run() {
      const problems = historyProblems()
      return problems.length === 0 ? null : problems.join('\n')
    }
  },
  {
    name: 'generated files',
    async run() {
      const stale = await staleFiles()
      return stale.length === 0 ? null : `run \`npm run generate\` and commit: ${stale.join(', ')}`
    }
  }
]

let failed = 0
for (const { name, run } of checks) {
  const problem = await run()
  process.stdout.write(`${problem === null ? 'ok    ' : 'FAILED'} ${name}\n`)
  if (problem === null) continue
  failed++
  process.stdout.write(`${problem.trimEnd()}\n`)
}
process.exitCode = failed === 0 ? 0 : 1
