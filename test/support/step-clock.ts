/**
 * Preloaded into a process (`--import`), lets a test step its wall clock, as an administrator or a time server does:
 * each SIGUSR2 goes on to the next of STEP_CLOCK_MS, milliseconds from the true time, and after the last to the first.
 */
const RealDate = Date
const steps = (process.env['STEP_CLOCK_MS'] ?? '0').split(',').map(Number)
let at = -1
let shift = 0

class SteppedDate extends RealDate {
  constructor(...parts: unknown[]) {
    if (parts.length === 0) super(SteppedDate.now())
    else super(...(parts as [number]))
  }

  static override now(): number {
    return RealDate.now() + shift
  }

  /** Also of dates that Node itself makes. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return Object.prototype.toString.call(value) === '[object Date]'
  }
}

globalThis.Date = SteppedDate as DateConstructor

process.on('SIGUSR2', () => {
  at = (at + 1) % steps.length
  shift = steps[at] ?? 0
})
