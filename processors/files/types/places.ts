/** Departments of today, as INSEE codes them. */
const today = [
  ...Array.from({ length: 95 }, (_, index) => String(index + 1).padStart(2, '0')).filter(
    (code) => code !== '20'
  ),
  '2A',
  '2B',
  '971',
  '972',
  '973',
  '974',
  '976'
]

/** Collectivities overseas, French abroad, and parts that some ministries count by themselves. */
const beyond = [
  '975',
  '977',
  '978',
  '984',
  '986',
  '987',
  '988',
  '989',
  '99',
  '999',
  '69D',
  '69M',
  '6AE',
  '979',
  '985'
]

/** What the Ministry of the Interior writes for places overseas and French abroad. */
const ministry = ['ZA', 'ZB', 'ZC', 'ZD', 'ZM', 'ZN', 'ZP', 'ZS', 'ZW', 'ZX', 'ZZ']

const departments = new Set([...today, ...beyond, ...ministry])
const regions = new Set(
  '01 02 03 04 06 11 21 22 23 24 25 26 27 28 31 32 41 42 43 44 52 53 54 72 73 74 75 76 82 83 84 91 93 94'.split(
    ' '
  )
)

/** A department's code with its zeros, or null where there is none such. `1` is read as `01`. */
export function departmentOf(text: string): string | null {
  const code = /^\d(?:\.0)?$/.test(text) ? `0${text[0]}` : text.toUpperCase().replace(/\.0$/, '')
  if (departments.has(code)) return code
  // Three figures with a zero before, as some of the Ministry's files write them.
  return /^0\d[\dAB]$/.test(code) && departments.has(code.slice(1)) ? code.slice(1) : null
}

/** A region's code of today or before 2016, with its zero. */
export function regionOf(text: string): string | null {
  const code = /^\d$/.test(text) ? `0${text}` : text
  return regions.has(code) ? code : null
}

/** The code of a commune (COG) with its zero, by its shape and its department: communes come and go each year. */
export function communeOf(text: string): string | null {
  const code = /^\d{4}$/.test(text) ? `0${text}` : text.toUpperCase()
  if (!/^(?:\d{5}|2[AB]\d{3}|Z[A-Z]\d{3})$/.test(code)) return null
  return departments.has(code.slice(0, 2)) || /^(?:97[1-8]|98[4-9]|99\d|20)/.test(code) ? code : null
}

/** A postal code with its zero. */
export function postalOf(text: string): string | null {
  const plain = text.replaceAll(/\s/g, '').replace(/\.0$/, '')
  const code = /^\d{4}$/.test(plain) ? `0${plain}` : plain
  return /^(?:0[1-9]|[1-8]\d|9[0-8])\d{3}$/.test(code) ? code : null
}
