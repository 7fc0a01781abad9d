import type { Command } from 'commander'
import { CourantError } from '../../runtime/errors.ts'
import { sharedSettings } from '../../runtime/loop/run-all.ts'
import type { Settings } from '../../runtime/settings.ts'
import { lineageOf } from '../../sinks/gold/lineage.ts'
import { compareWithSilver, rebuildFromSilver } from '../../sinks/gold/rebuild.ts'
import type { DaySpan } from '../../sinks/gold/silver-inputs.ts'
import { parseDay } from '../../sinks/gold/time.ts'
import { closeConnections } from '../../topics/connection.ts'
import { goldPreview } from '../../sinks/warehouse/gold-preview.ts'
import { print, printRows } from '../../cli/verb/output.ts'

interface ShowOptions {
  readonly rows: string
  readonly json?: boolean
  readonly unmask?: boolean
}

interface RebuildOptions {
  readonly from: string
  readonly to: string
  readonly check?: boolean
  readonly json?: boolean
}

/** `courant gold show|rebuild|lineage`: look at Gold, compute it anew from Silver, see what a row comes from. */
export function goldCommand(program: Command): void {
  const gold = program.command('gold')
  gold
    .command('show')
    .description('print the newest rows of each Gold table, as analysts see them')
    .option('--rows <count>', 'how many', '10')
    .option('--json', 'for machines: rows by table')
    .option('--unmask', 'show personal values')
    .action(show)
  gold
    .command('rebuild')
    .description('compute days anew from Silver and replace them; the gold pipeline must not run meanwhile')
    .requiredOption('--from <date>', 'first day, YYYY-MM-DD')
    .requiredOption('--to <date>', 'last day, YYYY-MM-DD')
    .option('--check', 'only compare, and fail when there are differences; the pipeline may run')
    .option('--json', 'for machines')
    .action(rebuild)
  gold
    .command('lineage')
    .description("list the topic records and Silver files that a user's Gold rows of a day come from")
    .requiredOption('--user <uuid>', 'the user')
    .requiredOption('--date <date>', 'the day, YYYY-MM-DD')
    .option('--json', 'for machines')
    .action(lineage)
}

async function show({ rows: count, json = false, unmask = false }: ShowOptions): Promise<void> {
  if (!/^[1-9]\d{0,5}$/.test(count))
    throw new CourantError('CONFIG_INVALID', '--rows must be a whole number from 1')
  const previews = await goldPreview(sharedSettings(process.env), { limit: Number(count), isMasked: !unmask })
  if (json) {
    print(JSON.stringify(Object.fromEntries(previews.map(({ table, rows }) => [table, rows])), null, 2))
    return
  }
  for (const { table, rows } of previews) {
    print(`\n${table}`)
    printRows(rows, { none: 'No rows yet.' })
  }
}

async function rebuild({ from, to, check = false, json = false }: RebuildOptions): Promise<void> {
  const days = { first: dayOption('--from', from), last: dayOption('--to', to) }
  if (days.last < days.first) throw new CourantError('CONFIG_INVALID', '--to must not lie before --from')
  const settings = sharedSettings(process.env)
  const tables = await computed(settings, days, check)
  const rows = tables.map(({ days: different, ...table }) => ({ ...table, differ_on: different.join(' ') }))
  printRows(rows, { json, none: 'No Gold tables.' })
  if (check && tables.some(({ missing, surplus }) => missing + surplus > 0))
    throw new CourantError(
      'GOLD_DIFFERS',
      'Gold differs from what Silver gives on these days; if the pipeline has caught up, stop it and run the same without --check'
    )
}

async function computed(settings: Settings, days: DaySpan, isCheck: boolean) {
  try {
    return await (isCheck ? compareWithSilver(settings, days) : rebuildFromSilver(settings, days))
  } finally {
    // Kafka may have been asked how far Silver has read.
    await closeConnections()
  }
}

async function lineage(options: { user: string; date: string; json?: boolean }): Promise<void> {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(options.user))
    throw new CourantError('CONFIG_INVALID', '--user must be a UUID')
  const target = { userId: options.user.toLowerCase(), day: dayOption('--date', options.date) }
  const origins = await lineageOf(sharedSettings(process.env), target)
  printRows(
    origins.map((origin) => ({ ...origin })),
    { json: options.json ?? false, none: 'Gold has nothing of that user on that day.' }
  )
}

function dayOption(name: string, text: string): number {
  const day = parseDay(text)
  if (day === null) throw new CourantError('CONFIG_INVALID', `${name} must be a date such as 2026-11-22`)
  return day
}
