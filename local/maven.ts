import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { withLock } from './lock.ts'
import type { Report } from './server.ts'
import { runTied } from './tied-process.ts'
import { versions } from './versions.ts'

const plugin = `org.apache.maven.plugins:maven-dependency-plugin:${versions.mavenDependencyPlugin}`

/** Puts the jars of some artifacts (`group:artifact:version`) and all they need at run time into a folder. */
export async function copyJars(artifacts: readonly string[], folder: string, report: Report): Promise<void> {
  const goal = [`${plugin}:copy-dependencies`, '-DincludeScope=runtime', `-DoutputDirectory=${folder}`]
  await maven(goal, { cacheDir: dirname(folder), pom: pomOf(artifacts), report })
}

/** Unpacks one archive artifact (`group:artifact:version:type:classifier`) into a folder. */
export async function unpackArtifact(artifact: string, folder: string, report: Report): Promise<void> {
  const goal = [`${plugin}:unpack`, `-Dartifact=${artifact}`, `-DoutputDirectory=${folder}`]
  await maven(goal, { cacheDir: dirname(folder), report })
}

/** Runs one goal in an empty folder, since some leave files where they run. */
async function maven(
  goal: readonly string[],
  { cacheDir, pom, report }: { cacheDir: string; pom?: string; report: Report }
): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'courant-maven-'))
  if (pom) writeFileSync(join(scratch, 'pom.xml'), pom)
  const args = ['-B', '-Dstyle.color=never', ...goal]
  try {
    // Maven's own store on disk is not safe for two at a time.
    await withLock(join(cacheDir, 'maven.lock'), () =>
      runTied('mvn', args, { cwd: scratch, onLine: progress(report) })
    )
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

function progress(report: Report): (line: string) => void {
  let files = 0
  let reportedAt = 0
  return (line) => {
    if (!/Downloaded from .*\.(jar|tar\.gz)\b/.test(line)) return
    files += 1
    if (performance.now() - reportedAt < 3000) return
    reportedAt = performance.now()
    report(`downloading, ${files} files so far`)
  }
}

function pomOf(artifacts: readonly string[]): string {
  const dependencies = artifacts.map((artifact) => {
    const [group, name, version] = artifact.split(':')
    return `<dependency><groupId>${group}</groupId><artifactId>${name}</artifactId><version>${version}</version></dependency>`
  })
  return `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>courant.local</groupId><artifactId>server</artifactId><version>1</version><packaging>pom</packaging>
<dependencies>
${dependencies.join('\n')}
</dependencies></project>
`
}
