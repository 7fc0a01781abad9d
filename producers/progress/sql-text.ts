/** A name in OpenEdge SQL: always quoted, because names have dashes and may be words of SQL. */
export const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`

/** A text as OpenEdge SQL writes it. */
export const textLiteral = (text: string) => `'${text.replaceAll("'", "''")}'`
