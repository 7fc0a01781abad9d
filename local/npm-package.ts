import { runTied } from './tied-process.ts'

/** Installs one pinned npm package with what it needs into a folder, without running its scripts. */
export async function installNpmPackage(name: string, version: string, folder: string): Promise<void> {
  const flags = ['--no-audit', '--no-fund', '--ignore-scripts', '--no-package-lock', '--prefix', folder]
  await runTied('npm', ['install', ...flags, `${name}@${version}`], { cwd: folder })
}
