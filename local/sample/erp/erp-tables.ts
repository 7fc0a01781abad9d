import { chance, day, type ErpColumn, fillerColumns, town, word } from './erp-columns.ts'

/** A table of the ERP sample. */
export interface ErpTable {
  readonly columns: readonly ErpColumn[]
  /** Column lists of the primary index. */
  readonly key: readonly string[]
  /** Rows of the sample as it is made without a size. */
  readonly rows: number
  /** Its row of config.ETL_Tables; what is left out has the configuration's default. */
  readonly config: Readonly<Record<string, string | number>>
}

const modifiedAt: ErpColumn = {
  name: 'date-modif',
  type: 'timestamp',
  value: `timestamp '2026-01-05 08:00' + ${chance(1, 300)} * interval '1 day' + ${chance(2, 36_000)} * interval '1 second'`
}
const modifiedOn: ErpColumn = {
  name: 'date-modif',
  type: 'date',
  value: `date '2026-01-05' + ${chance(1, 300)}::int`
}

/** Dates as old records have them: before SQL Server's datetime begins, and the unknown value. */
const oldDate = (name: string): ErpColumn => ({
  name,
  type: 'date',
  value: `CASE g % 50 WHEN 5 THEN date '1699-03-01' WHEN 6 THEN date '0099-01-01' WHEN 7 THEN NULL ELSE ${day(3)} END`
})

/** The five tables the shop copies. Three have more than 300 columns, as an ERP does. */
const erpTables = {
  client: {
    columns: [
      { name: 'num-cli', type: 'integer', value: 'g' },
      { name: 'nom-v', type: 'varchar(60)', value: `'Établissements ' || ${word(11)} || ' ' || g` },
      { name: 'adr-1', type: 'varchar(60)', value: `(1 + ${chance(12, 120)}) || ' rue de ' || ${town(13)}` },
      { name: 'cp', type: 'varchar(5)', value: `lpad((1000 + ${chance(14, 94_000)})::text, 5, '0')` },
      { name: 'ville', type: 'varchar(40)', value: town(15) },
      {
        name: 'tel-x',
        type: 'varchar(80)',
        extent: 5,
        value: `'01 99 00 ' || lpad((g % 100)::text, 2, '0') || ';' || CASE g % 3 WHEN 0 THEN '?' WHEN 1 THEN '~?' ELSE 'poste 1~;2' END || ';;?;a~~b'`
      },
      oldDate('dat-crea'),
      { name: 'solde', type: 'numeric(15,2)', value: `(${chance(16, 99_999_999)} - 5000000) / 100.0` },
      { name: 'actif', type: 'boolean', value: `${chance(17, 10)} > 0` },
      modifiedAt,
      ...fillerColumns(296)
    ],
    key: ['num-cli'],
    rows: 2_000,
    config: {
      PrimaryKeyCols: 'num-cli',
      HasTimestamps: 1,
      DateModifCol: 'date-modif',
      DateModifPrecision: 'datetime',
      IsDimension: 1,
      LookbackInterval: '1d',
      Priority: 'critical',
      SLA: '24h',
      KeepHistory: 1
    }
  },
  fournis: {
    columns: [
      {
        name: 'code-four',
        type: 'varchar(10)',
        value: `CASE g % 2 WHEN 0 THEN 'F' ELSE 'f' END || lpad(g::text, 5, '0')`
      },
      { name: 'nom-four', type: 'varchar(60)', value: `${word(21)} || ' & fils ' || g` },
      { name: 'ville', type: 'varchar(40)', value: town(22) },
      { name: 'delai', type: 'integer', value: chance(23, 60) },
      { name: 'remise', type: 'numeric(5,2)', value: `${chance(24, 4_000)} / 100.0` },
      modifiedOn,
      ...fillerColumns(20)
    ],
    key: ['code-four'],
    rows: 300,
    config: {
      PrimaryKeyCols: 'code-four',
      HasTimestamps: 1,
      DateModifCol: 'date-modif',
      DateModifPrecision: 'date',
      IsDimension: 1,
      LookbackInterval: '1d',
      Priority: 'high',
      SLA: '24h'
    }
  },
  hisprixa: {
    columns: [
      { name: 'num-prod', type: 'integer', value: '1 + g / 4' },
      { name: 'code-four', type: 'varchar(10)', value: `'F' || lpad((g % 4)::text, 5, '0')` },
      { name: 'dat-prix', type: 'date', value: day(31) },
      { name: 'prix-achat', type: 'numeric(12,4)', value: `${chance(32, 90_000_000)} / 10000.0` },
      { name: 'devise', type: 'varchar(3)', value: `CASE ${chance(33, 20)} WHEN 0 THEN 'CHF' ELSE 'EUR' END` }
    ],
    key: ['num-prod', 'code-four', 'dat-prix'],
    rows: 6_000,
    config: { PrimaryKeyCols: 'num-prod,code-four,dat-prix', HasTimestamps: 0, IsFact: 1, Priority: 'normal' }
  },
  lignecli: {
    columns: [
      { name: 'num-cde', type: 'integer', value: '100000 + g / 8' },
      { name: 'num-lig', type: 'integer', value: '1 + g % 8' },
      { name: 'num-prod', type: 'integer', value: `1 + ${chance(41, 3_000)}` },
      { name: 'qte-cde', type: 'numeric(12,3)', value: `${chance(42, 90_000)} / 1000.0` },
      { name: 'px-unit', type: 'numeric(12,4)', value: `${chance(43, 5_000_000)} / 10000.0` },
      { name: 'libelle', type: 'varchar(60)', value: `${word(44)} || ' ' || ${word(45)} || ' n° ' || g` },
      modifiedAt,
      ...fillerColumns(295)
    ],
    key: ['num-cde', 'num-lig'],
    rows: 40_500,
    config: {
      PrimaryKeyCols: 'num-cde,num-lig',
      HasTimestamps: 1,
      DateModifCol: 'date-modif',
      DateModifPrecision: 'datetime',
      IsFact: 1,
      LookbackInterval: '12h',
      Priority: 'critical',
      SLA: '4h'
    }
  },
  produit: {
    columns: [
      { name: 'num-prod', type: 'integer', value: 'g' },
      { name: 'gencod-v', type: 'varchar(13)', value: `'3' || lpad((g * 7919)::text, 12, '0')` },
      { name: 'desig', type: 'varchar(60)', value: `${word(51)} || ' ' || ${word(52)} || ' ' || g` },
      {
        name: 'px-vente',
        type: 'varchar(60)',
        extent: 4,
        value: `(g % 500) || '.50;' || (g % 400) || '.25;?;0'`
      },
      { name: 'stock', type: 'numeric(12,3)', value: `(${chance(53, 900_000)} - 1000) / 1000.0` },
      oldDate('dat-ref'),
      modifiedOn,
      ...fillerColumns(296)
    ],
    key: ['num-prod'],
    rows: 3_000,
    config: {
      PrimaryKeyCols: 'num-prod',
      HasTimestamps: 1,
      DateModifCol: 'date-modif',
      DateModifPrecision: 'date',
      IsDimension: 1,
      LookbackInterval: '0d',
      Priority: 'high',
      SLA: '24h',
      KeepHistory: 1
    }
  }
} as const satisfies Record<string, ErpTable>

export type ErpTableName = keyof typeof erpTables

export const erpTableNames = Object.keys(erpTables) as ErpTableName[]

/** The same list without literal types, for code that treats all tables alike. */
export const erpTable = (name: ErpTableName): ErpTable => erpTables[name]

/** The sample's rows of config.ETL_Tables, under its column names. */
export const erpConfigRows: readonly Readonly<Record<string, string | number>>[] = erpTableNames.map(
  (name) => ({ TableName: name, DestinationTable: name, ...erpTable(name).config })
)
