import assert from 'node:assert/strict'
import type { KnownFile } from './corpus-folder.ts'
import type { Checked } from './text-files.ts'

type Value = string | null

/** The rows of a file as they were read, asked by the names of its columns. */
class Read {
  readonly result: Checked
  constructor(result: Checked) {
    this.result = result
  }
  at(name: string): number {
    const place = this.result.columns.findIndex(
      (column) => column.name === name || column.name.startsWith(`${name}\n`)
    )
    assert.ok(place >= 0, `${this.result.path} has no column ${name}`)
    return place
  }
  values(name: string): Value[] {
    const place = this.at(name)
    return this.result.good.map(({ values }) => values[place] ?? null)
  }
  /** The rows that have these values. */
  where(wanted: Readonly<Record<string, string>>): Read {
    const places = Object.entries(wanted).map(([name, value]) => [this.at(name), value] as const)
    const good = this.result.good.filter(({ values }) =>
      places.every(([place, value]) => values[place] === value)
    )
    return new Read({ ...this.result, good })
  }
  one(name: string): Value {
    return this.values(name)[0] ?? null
  }
  sum(name: string): string {
    return exactSum(this.values(name))
  }
  distinct(name: string): number {
    return new Set(this.values(name)).size
  }
  /** Every column but these, summed over all rows. */
  sumOfOthers(...names: readonly string[]): string {
    return exactSum(
      this.result.columns.filter(({ name }) => !names.includes(name)).flatMap(({ name }) => this.values(name))
    )
  }
  get rows(): number {
    return this.result.rows.good + this.result.rows.rejected + this.result.rows.repeated
  }
}

/** In the order of their codes; missing ones first. */
const sorted = (values: readonly Value[]) =>
  values.toSorted((a, b) => ((a ?? '') < (b ?? '') ? -1 : a === b ? 0 : 1))

/** Sums without a float: with six decimals. */
function exactSum(values: readonly Value[]): string {
  const scale = 30
  const total = values.reduce((sum, value) => {
    if (value === null) return sum
    const [whole = '0', decimals = ''] = value.split('.')
    return sum + BigInt(`${whole}${decimals.padEnd(scale, '0').slice(0, scale)}`)
  }, 0n)
  const text = total.toString().padStart(scale + 1, '0')
  return `${text.slice(0, -scale)}.${text.slice(-scale)}`.replace(/\.?0+$/, '')
}

/** Candidates are columns of blocks; the votes of one over all rows. */
function votesOf(read: Read, who: string): string {
  const blocks = read.result.columns
    .filter(({ name }) => /^Nom( \d+)?$/.test(name))
    .map(({ name }) => name.slice(3))
  return exactSum(blocks.flatMap((number) => read.where({ [`Nom${number}`]: who }).values(`Voix${number}`)))
}

type Ask = (read: Read) => unknown
const inscrits = (name = 'Inscrits'): Record<string, Ask> => ({
  data_rows: (read) => read.rows,
  sum_inscrits: (read) => Number(read.sum(name))
})
const tab: Record<string, Ask> = {
  data_rows: (read) => read.rows,
  total_all_facts: (read) => read.sumOfOthers('Faits'),
  autres_delits_13: (read) => read.where({ Faits: 'Autres délits' }).one('13')
}

/** How each fact is computed from the rows that were read. */
const asks: Readonly<Record<string, Readonly<Record<string, Ask>>>> = {
  c01: {
    data_rows: (read) => read.rows,
    classes: (read) => read.distinct('classe'),
    departments: (read) => read.distinct('Code.département'),
    sum_faits_2016: (read) => Number(read.where({ annee: '2016' }).sum('faits')),
    sum_faits_2022: (read) => Number(read.where({ annee: '2022' }).sum('faits')),
    cambriolages_75_2022_faits_POP_LOG_taux: (read) => {
      const row = read.where({ classe: 'Cambriolages de logement', annee: '2022', 'Code.département': '75' })
      return ['faits', 'POP', 'LOG', 'tauxpourmille'].map((name) => row.one(name)?.replace('.', ','))
    },
    units: (read) => sorted([...new Set(read.values('unité.de.compte'))])
  },
  c02: tab,
  c03: tab,
  c04: tab,
  c05: {
    data_rows: (read) => read.rows,
    commune_2022: (read) => read.where({ année: '2022' }).one('commune')?.replace('.', ','),
    physical_lines: (read) => read.result.lines.physical
  },
  c06: {
    records: (read) => read.result.lines.physical,
    sum_of_counts: (read) =>
      Number(
        read.sumOfOthers(
          '__id',
          'Année 2021 - compagnies de gendarmerie',
          'Départements',
          'Départements / Libellé index \\ CGD'
        )
      )
  },
  e01: {
    ...inscrits(),
    sum_votants: (read) => Number(read.sum('Votants')),
    turnout_75_pct: (read) => read.where({ 'Code du département': '75' }).one('% Vot/Ins'),
    votes: (read) =>
      Object.fromEntries(
        ['MACRON', 'LE PEN', 'MÉLENCHON', 'ZEMMOUR'].map((who) => [who, Number(votesOf(read, who))])
      )
  },
  e02: {
    ...inscrits(),
    sum_votants: (read) => Number(read.sum('Votants')),
    votes: (read) => Object.fromEntries(['MACRON', 'LE PEN'].map((who) => [who, Number(votesOf(read, who))]))
  },
  e03: { ...inscrits(), sum_abstentions: (read) => Number(read.sum('Abstentions')) },
  e04: { ...inscrits(), sum_abstentions: (read) => Number(read.sum('Abstentions')) },
  e05: { ...inscrits(), sum_abstentions: (read) => Number(read.sum('Abstentions')) },
  e06: {
    ...inscrits(),
    MACRON: (read) => Number(read.sum('MACRON')),
    'LE PEN': (read) => Number(read.sum('LE PEN'))
  },
  e07: {
    ...inscrits(),
    sum_exprimes: (read) => Number(read.sum('Exprimés')),
    COM: (read) => Number(read.sum('Parti communiste'))
  },
  e08: { ...inscrits(), sum_exprimes: (read) => Number(read.sum('Exprimés')) },
  e09: { ...inscrits(), sum_exprimes: (read) => Number(read.sum('Exprimés')) },
  e10: {
    ...inscrits('inscrits'),
    sum_exprimes: (read) => Number(read.sum('exprimes')),
    dept_codes: (read) => read.distinct('departement'),
    MACRON: (read) => Number(read.sum('MACRON'))
  },
  e11: {
    data_rows: (read) => read.rows,
    lists: (read) => read.distinct('nom_liste'),
    departments: (read) => read.distinct('departement'),
    sum_inscrits_once_per_dept: (read) =>
      Number(read.where({ numero_panneau: read.one('numero_panneau') ?? '' }).sum('inscrits')),
    sum_inscrits_if_summed_naively: (read) => Number(read.sum('inscrits')),
    sum_voix: (read) => Number(read.sum('voix'))
  },
  e12: {
    ...inscrits('inscrits'),
    sum_exprimes: (read) => Number(read.sum('exprimes')),
    LFN: (read) => Number(read.sum('LFN'))
  },
  e13: {
    data_rows: (read) => read.rows,
    dates_first_last: (read) =>
      sorted(read.values('Date de publication'))
        .filter((_, at, all) => at === 0 || at === all.length - 1)
        .map((date) => date?.split('-').toReversed().join('/'))
  },
  e14: {
    ...inscrits('inscrits'),
    FN: (read) => Number(read.sum('FN')),
    REM: (read) => Number(read.sum('REM'))
  },
  e15: { ...inscrits('inscrits'), 'LE PEN': (read) => Number(read.sum('LE PEN')) },
  m01: {
    data_rows: (read) => read.rows,
    rate_93_T4_2019: (read) => Number(read.where({ Code: '93' }).one('T4_2019')),
    rate_2A_T1_2022: (read) => Number(read.where({ Code: '2A' }).one('T1_2022'))
  },
  m02: {
    codes_rows: (read) => read.where({ Libellé: 'Codes' }).result.good.length,
    idbank_leading_zero: (read) => read.one('idBank')
  },
  m03: {
    data_rows: (read) => read.rows,
    sum_chom2019: (read) => read.sum('chom2019'),
    sum_chom1999: (read) => read.sum('chom99')
  },
  m04: {
    data_rows: (read) => read.rows,
    sum_actifs: (read) => read.sum('actifs'),
    communes: (read) => read.distinct('insee')
  },
  m05: { data_rows: (read) => read.rows, sum_beef_nbcom: (read) => Number(read.sum('beef_nbcom')) },
  m06: {
    data_rows_in_prefix: (read) => read.rows,
    numeric_values: (read) =>
      read.values("Nombre d'emplois vacants").filter((value) => value !== null).length,
    sum_numeric: (read) => Number(read.sum("Nombre d'emplois vacants")),
    quarters: (read) => sorted(read.values('Date')).filter((_, at, all) => at === 0 || at === all.length - 1)
  },
  m07: { data_rows: (read) => read.rows, sum_active: (read) => read.sum(read.result.columns[2]?.name ?? '') },
  m08: { data_rows: (read) => read.rows, columns: (read) => read.result.columns.length },
  a01: {
    data_rows: (read) => read.rows,
    physical_lines: (read) => read.result.lines.physical,
    sum_montant: (read) => read.sum('montant'),
    empty_date: (read) => read.values('dateConvention').filter((value) => value === null).length
  },
  a02: {
    data_rows_in_prefix: (read) => read.rows,
    sum_mandate: (read) => read.sum('Mandaté'),
    years: (read) => sorted([...new Set(read.values('Année'))])
  },
  a03: { data_rows: (read) => read.rows, sum_montant: (read) => read.sum('montant') },
  a04: {
    data_rows: (read) => read.rows,
    physical_lines: (read) => read.result.lines.physical,
    unparsable: (read) =>
      read.result.all.filter(({ code }) => code === 'type_error').map(({ value }) => value),
    sum_fonctionnement: (read) =>
      Number(read.sum('Montant\nde la subvention de fonctionnement (1)')).toFixed(2)
  },
  a05: { data_rows: (read) => read.rows, sum_montant: (read) => Number(read.sum('Montant')).toFixed(1) },
  a06: {
    rows_with_an_amount: (read) => {
      const places = read.result.columns.flatMap(({ name }, at) =>
        name.startsWith('Montant\nde la subvention') ? [at] : []
      )
      return read.result.good.filter(({ values }) => places.some((place) => (values[place] ?? null) !== null))
        .length
    },
    sum_fonctionnement_numeric_cells: (read) =>
      Number(
        read.sum(read.result.columns.find(({ name }) => name.includes('fonctionnement'))?.name ?? '')
      ).toFixed(2)
  },
  a07: {
    data_rows_in_prefix: (read) => read.rows,
    sum_total_column: (read) => read.sum('Total des subventions'),
    sum_detail_column: (read) => read.sum('Détail des subventions')
  },
  a08: {
    data_rows: (read) => read.rows,
    dates: (read) => sorted(read.values('date_creat')),
    'null_date_0001-01-01': (read) => read.result.all.find(({ code }) => code === 'null_marker')?.count
  },
  a09: { data_rows: (read) => read.rows },
  a10: { data_rows: (read) => read.rows, sum_subvention: (read) => read.sum('Subvention') },
  p01: {
    data_rows: (read) => read.rows,
    pop_75_2022: (read) => read.where({ GEO: '75', TIME_PERIOD: '2022' }).one('OBS_VALUE'),
    pop_2A_2016: (read) => read.where({ GEO: '2A', TIME_PERIOD: '2016' }).one('OBS_VALUE'),
    france_2022: (read) => Number(read.where({ TIME_PERIOD: '2022' }).sum('OBS_VALUE'))
  },
  p02: { data_rows: (read) => read.rows, sum: (read) => read.sum('Total') },
  p03: { numeric_rows: (read) => read.values('Total').filter((value) => value !== null).length },
  p04: { records: (read) => read.rows },
  p05: {
    records: (read) => read.rows,
    communes_actuelles: (read) => read.where({ type: 'commune-actuelle' }).result.good.length,
    sum_population: (read) => Number(read.where({ type: 'commune-actuelle' }).sum('population'))
  },
  p07: { records: (read) => read.rows }
}

/** Which facts do not come out of a file's rows, and how many were asked for. */
export function wrongFacts({ id, facts }: KnownFile, result: Checked): { wrong: string[]; asked: number } {
  const own = Object.entries(asks[id] ?? {})
  const read = new Read(result)
  const wrong = own.flatMap(([name, ask]) => {
    const [got, want] = [JSON.stringify(ask(read)), JSON.stringify(facts[name])]
    return got === want ? [] : [`${id}: ${name} is ${got} and not ${want}`]
  })
  return { wrong, asked: own.length }
}
