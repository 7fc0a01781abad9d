import type { Declaration } from './declare-table.ts'

type Named = Pick<Declaration, 'domain' | 'name' | 'avro'>

/** The text of schemas/tables.ts with a line and an import for each declaration; what is there stays as it is. */
export function withTables(text: string, declarations: readonly Named[]): string {
  return declarations.reduce(withTable, text)
}

function withTable(text: string, { domain, name, avro }: Named): string {
  if (text.includes(`('${domain}', '${name}')`)) return text
  const imported = new RegExp(String.raw`\b${avro.name}\b`).test(importsOf(text))
  // Two domains may have records of one name.
  const type = imported ? `${pascal(domain)}${avro.name}` : avro.name
  const written = imported ? `${avro.name} as ${type}` : avro.name
  const key = new RegExp(String.raw`^  ${camel(name)}: `, 'm').test(text)
    ? camel(`${domain}-${name}`)
    : camel(name)
  return withLine(withImport(text, domain, written), `  ${key}: table<${type}>('${domain}', '${name}')`)
}

const importsOf = (text: string) => text.slice(0, text.indexOf('export const tables'))

function withImport(text: string, domain: string, type: string): string {
  const file = `from './types/${domain}.ts'`
  const there = new RegExp(String.raw`import type \{([^}]*)\} from '\./types/${domain}\.ts'`).exec(text)
  if (there) {
    const types = [...(there[1] ?? '').split(',').map((one) => one.trim()), type].filter(Boolean).sort()
    return text.replace(there[0], importLine(types, file))
  }
  const last = [...importsOf(text).matchAll(/^import .*$|^\} from .*$/gm)].at(-1)
  const end = (last?.index ?? 0) + (last?.[0].length ?? 0)
  return `${text.slice(0, end)}\n${importLine([type], file)}${text.slice(end)}`
}

/** As the formatter writes it. */
function importLine(types: readonly string[], from: string): string {
  const line = `import type { ${types.join(', ')} } ${from}`
  return line.length <= 110 ? line : `import type {\n  ${types.join(',\n  ')}\n} ${from}`
}

function withLine(text: string, line: string): string {
  const start = text.indexOf('export const tables')
  const end = text.indexOf('\n}', start)
  const isEmpty = text.slice(start, end).trimEnd().endsWith('{')
  return `${text.slice(0, end)}${isEmpty ? '' : ','}\n${line}${text.slice(end)}`
}

const camel = (name: string) => name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
const pascal = (name: string) => camel(`-${name}`)
