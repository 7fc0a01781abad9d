const secretName = /passw|pwd|secret|credential|hash(?!tag)|token|api_?key|private_?key/i

/** Columns that look like passwords, hashes, tokens or other secrets by their names; none of them may leave a source. */
export function secretColumns(names: readonly string[]): string[] {
  return names.filter((name) => secretName.test(name))
}
