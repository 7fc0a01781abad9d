/**
 * What is wrong with the numbers that say when and in which order something was; null when nothing is. One beyond 2^53
 * comes as a bigint, which nobody reckons with here: no version or time of ours is that large.
 */
export function problemOfSource(value: unknown): string | null {
  const source = (value as { readonly source?: object | null } | null)?.source ?? {}
  const large = Object.entries(source).find(([, part]) => typeof part === 'bigint')
  return large ? `source.${large[0]} is beyond 2^53: no time or version is` : null
}
