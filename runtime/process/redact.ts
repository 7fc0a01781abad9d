const scheme = '[a-z][a-z0-9+.-]*://'

/** Each kind of secret that addresses and connection strings carry, and what stands in its place. */
const kinds: readonly (readonly [RegExp, string])[] = [
  // A password may hold any sign, an @ or a slash, too: all up to the last @ of what belongs together goes.
  [new RegExp(`(${scheme})[^\\s/?#"'<>:@]*:[^\\s"'<>]*@`, 'gi'), '$1***@'],
  [new RegExp(`(${scheme})[^\\s/?#"'<>@]*@`, 'gi'), '$1***@'],
  // Signatures and keys stand in query strings.
  [new RegExp(`(${scheme}[^\\s?#"'<>]*)[?#][^\\s"'<>]+`, 'gi'), '$1?***'],
  [
    /((?:sig|signature|accountkey|accesskey|sharedaccess\w*|password|passwd|pwd|secret|token|api[-_]?key|functions?[-_]key)\s*=\s*)(?:\{[^}]*\}|"[^"]*"|'[^']*'|[^\s;&"']+)/gi,
    '$1***'
  ],
  [/(authorization["']?\s*[:=]\s*["']?(?:bearer\s+|basic\s+)?)[^\s"',;]+/gi, '$1***'],
  // A word that has a digit is no word of a sentence.
  [/\b((?:bearer|basic)\s+)(?=[^\s"',;]*\d)[^\s"',;]{8,}/gi, '$1***']
]

/**
 * A text without the secrets that it may carry: users and passwords in addresses, query strings, signatures, keys of
 * connection strings, tokens of headers. Foreign libraries repeat the address that they were given in their errors.
 */
export const redacted = (text: string): string =>
  kinds.reduce((safe, [pattern, instead]) => safe.replaceAll(pattern, instead), text)
