import { readFileSync, readlinkSync } from 'node:fs'

/**
 * Tells a process from a later one with the same id: `<pid> <start time in ticks since boot>` (proc(5), field 22),
 * or null when there is no such process or only its unreaped remains.
 */
export function identityOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name in parentheses may itself hold spaces and parentheses: count from the last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? null : `${pid} ${fields[19]}`
  } catch {
    return null
  }
}

/** Whether the very process that had this identity still runs. */
export function isAlive(identity: string): boolean {
  const pid = Number.parseInt(identity, 10)
  return Number.isInteger(pid) && pid > 0 && identityOf(pid) === identity.trim()
}

/**
 * Tells apart where processes are numbered: this start of the machine and, within it, the container. Null where that
 * cannot be told.
 */
export function processSpace(): string | null {
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    return null
  }
}
