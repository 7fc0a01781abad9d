import { readFileSync } from 'node:fs'

/** What a process has cost so far. */
export interface Usage {
  /** User and system time of the process and its children, living and ended. */
  readonly cpuSeconds: number
  /** The most memory it held at any time (VmHWM), in MB of 10^6 bytes; a child's counts for itself. */
  readonly peakRssMb: number
}

/** Linux reports process times in hundredths of a second on every architecture (USER_HZ, proc_pid_stat(5)). */
const ticksPerSecond = 100

/** The usage of a living process; null once it is gone. */
export function usageOf(pid: number): Usage | null {
  const cpuSeconds = cpuSecondsOf(pid)
  const peakRssMb = peakRssMbOf(pid)
  return cpuSeconds === null || peakRssMb === null ? null : { cpuSeconds, peakRssMb }
}

/** CPU of a process with all its descendants; null once it is gone. */
export function cpuSecondsOf(pid: number): number | null {
  const stat = textOf(`/proc/${pid}/stat`)
  if (stat === null) return null
  // The second field is the program's name in parentheses, which may hold blanks; the third follows the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [user, system, endedUser, endedSystem] = fields.slice(11, 15).map(Number)
  const own = ((user ?? 0) + (system ?? 0) + (endedUser ?? 0) + (endedSystem ?? 0)) / ticksPerSecond
  return childrenOf(pid).reduce((sum, child) => sum + (cpuSecondsOf(child) ?? 0), own)
}

function childrenOf(pid: number): number[] {
  const text = textOf(`/proc/${pid}/task/${pid}/children`) ?? ''
  return text.split(' ').filter(Boolean).map(Number)
}

function peakRssMbOf(pid: number): number | null {
  const peak = /^VmHWM:\s+(\d+) kB/m.exec(textOf(`/proc/${pid}/status`) ?? '')?.[1]
  return peak === undefined ? null : (Number(peak) * 1024) / 1e6
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}
