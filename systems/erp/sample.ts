import type { Command } from 'commander'
import { CourantError } from '../../runtime/errors.ts'
import { print } from '../../cli/verb/output.ts'
import { makeSampleErp, sampleConnection } from './sample-erp.ts'
import { type Output, outputOption } from './output-option.ts'

/** `courant etl sample`: makes the sample ERP in PostgreSQL, which stands in for OpenEdge. */
export function sampleCommand(etl: Command): void {
  etl
    .command('sample')
    .description(
      'make a sample ERP in the PostgreSQL of PGHOST or of the local stack, to try everything without OpenEdge'
    )
    .addOption(outputOption())
    .action(({ output }: { output: Output }) => sample(output))
}

async function sample(output: Output): Promise<void> {
  const { env } = process
  if (!env['PGHOST'])
    throw new CourantError(
      'CONFIG_INVALID',
      'PGHOST is not set: run `courant up` first, or set PGHOST, PGPORT, PGUSER and PGPASSWORD'
    )
  const isNew = await makeSampleErp(env)
  const connection = sampleConnection(env).replace(/Pwd=\{[^}]*\}+/, 'Pwd=…')
  if (output === 'json') print(JSON.stringify({ isNew, connection }, null, 2))
  else
    print(
      `${isNew ? 'The sample ERP is ready' : 'The sample ERP is there already'}: COURANT_PROGRESS_ODBC='${connection}'`
    )
}
