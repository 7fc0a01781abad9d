import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { runTied } from './tied-process.ts'

/**
 * Installs what `local/packages/<name>` locks, each package against its hash, into a folder; no package's script runs.
 */
export async function installLocked(name: 'azurite' | 'postgres', folder: string): Promise<void> {
  for (const file of ['package.json', 'package-lock.json'])
    copyFileSync(join(import.meta.dirname, 'packages', name, file), join(folder, file))
  await runTied('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts', '--omit=dev'], { cwd: folder })
}
