import { readFileSync } from 'node:fs'

const pageBytes = 4_096

/** What a process and those it started hold in memory, where the system tells (Linux). */
export function treeBytes(pid: number | undefined): number {
  if (pid === undefined) return 0
  const children = textOf(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean)
  return children.reduce((sum, child) => sum + treeBytes(Number(child)), residentBytes(pid))
}

/** Ends a process that leads a group, with all of the group. */
export function endTree(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // Gone already.
  }
}

const residentBytes = (pid: number) => Number(textOf(`/proc/${pid}/statm`).split(' ')[1] ?? 0) * pageBytes

function textOf(file: string): string {
  try {
    return readFileSync(file, 'latin1')
  } catch {
    return ''
  }
}
