import { bronzeSink } from '../../../sinks/lake/bronze.ts'
import { silverSink } from '../../../sinks/lake/silver.ts'
import { settingsFrom, type Environment } from '../../../runtime/settings.ts'
import { objectStoreFor } from '../../../runtime/object-store/object-store-for.ts'
import { cleanChange, rawChange, sampleTable } from './sample-log.ts'
import { bronzeRows, placesOf, silverRows } from './stored-rows.ts'

// The writer contract's cases for the lake, on whichever object store the environment names.

export function bronzeCase(env: Environment) {
  return {
    writer: bronzeSink(sampleTable),
    env,
    item: rawChange,
    stored: async () => placesOf(await bronzeRows(await objectStoreFor(settingsFrom(env)), sampleTable.name))
  }
}

export function silverCase(env: Environment) {
  return {
    writer: silverSink(sampleTable),
    env,
    item: cleanChange,
    stored: async () => placesOf(await silverRows(await objectStoreFor(settingsFrom(env)), sampleTable.name))
  }
}
