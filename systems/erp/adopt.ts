import type { Command } from 'commander'
import { adopt } from '../../sinks/ods/adoption/adopt.ts'
import { type Adoption, type Move, planAdoption } from '../../sinks/ods/adoption/plan-adoption.ts'
import { planUndoing, type Undoing, undoAdoption } from '../../sinks/ods/adoption/undo-adoption.ts'
import { nameOf } from '../../sinks/ods/migrate.ts'
import { print } from '../../cli/verb/output.ts'
import { withEtl } from './etl-session.ts'
import { type Output, outputOption } from './output-option.ts'

interface AdoptOptions {
  readonly apply?: boolean
  readonly undo?: boolean
  readonly output: Output
}

/** `courant etl adopt`: takes over a database that has an older ETL, and goes back. */
export function adoptCommand(etl: Command): void {
  etl
    .command('adopt')
    .description(
      'say what taking over a database with an older ETL would rename, keep and make; with --apply do it'
    )
    .option('--apply', 'do it, in one transaction; without it nothing is changed')
    .option('--undo', "say what going back would move; with --apply put the older ETL's objects back")
    .addOption(outputOption())
    .action(({ apply = false, undo = false, output }: AdoptOptions) =>
      withEtl(['ods'], async ({ ods }) => {
        const told = undo
          ? toldUndoing(apply ? await undoAdoption(ods) : await planUndoing(ods))
          : toldAdoption(apply ? await adopt(ods) : await planAdoption(ods))
        if (output === 'json') print(JSON.stringify({ ...told, applied: apply }, null, 2))
        else printTold(told, { apply, undo })
      })
    )
}

type Told = Readonly<Record<string, readonly string[]>>

const moved = ({ object, to }: Move) => `${object.schema}.${object.name} -> ${to.schema}.${to.name}`

function toldAdoption({ moves, kept, migrations, tables, columns }: Adoption): Told {
  const makes = [...new Set(migrations.flatMap(({ makes: names }) => names))]
  const noted = [...tables, ...columns].flatMap(({ values, notes }) =>
    notes.map((note) => `${[values['TableName'], values['ColumnName']].filter(Boolean).join('.')}: ${note}`)
  )
  const excluded = columns.filter(({ values }) => values['IsExcluded'] === 1).length
  return {
    renamed: moves.map(moved),
    kept: kept.map(({ schema, name }) => `${schema}.${name}`),
    made: [...makes, ...migrations.map((migration) => `migration ${nameOf(migration)}`)],
    'brought over':
      tables.length + columns.length === 0
        ? []
        : [
            `${tables.length} rows of config.ETL_Tables`,
            `${columns.length} rows of config.ETL_Columns, ${excluded} of them excluded`
          ],
    'to look at': noted
  }
}

function toldUndoing({ aside, back }: Undoing): Told {
  return { 'moved aside': aside.map(moved), 'put back': back.map(moved) }
}

function printTold(told: Told, { apply, undo }: { readonly apply: boolean; readonly undo: boolean }): void {
  for (const [what, lines] of Object.entries(told)) {
    if (lines.length === 0) continue
    print(`${apply ? what : `would be ${what}`.replace('would be to look at', 'to look at')}:`)
    for (const line of lines) print(`  ${line}`)
  }
  if (!apply) print(`Nothing was changed: \`courant etl adopt${undo ? ' --undo' : ''} --apply\` does it.`)
  else if (undo) print("The older objects are where they were; Courant's lie beside them.")
  else
    print(
      'Next: `courant etl sync`, then `courant etl preflight`; the first load of each table is a full one. `courant etl adopt --undo` goes back.'
    )
}
