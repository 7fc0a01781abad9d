import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A file system of its own, of a few MB, which a test may fill. */
export interface SmallDisk {
  readonly folder: string
  /** Leaves no room on it. */
  fill(): void
  /** Makes room again. */
  empty(): void
  remove(): void
}

const quietly = (command: string, args: readonly string[]) => execFileSync(command, args, { stdio: 'ignore' })

/** Mounts one; null where that is not permitted. */
export function smallDisk(megabytes: number): SmallDisk | null {
  const folder = mkdtempSync(join(tmpdir(), 'courant-small-disk-'))
  try {
    quietly('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder])
  } catch {
    rmSync(folder, { recursive: true })
    return null
  }
  const ballast = join(folder, 'ballast')
  return {
    folder,
    fill: () => {
      // Down to single blocks of memory, so that not even a small file finds room.
      for (let n = 0, size = 1 << 20; size >= 4096; size = fits(`${ballast}-${n++}`, size) ? size : size / 2);
    },
    empty: () => execFileSync('sh', ['-c', `rm -f ${ballast}-*`]),
    remove: () => {
      quietly('umount', ['-l', folder])
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

function fits(file: string, size: number): boolean {
  try {
    writeFileSync(file, Buffer.alloc(size))
    return true
  } catch {
    rmSync(file, { force: true })
    return false
  }
}
