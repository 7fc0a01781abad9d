/** How many of some skills a text names: a skill counts when every word of it is in the text, whatever case and accents. */
export function namedSkills(skills: readonly string[], text: string): number {
  const words = new Set(wordsOf(text))
  return skills.filter((skill) => {
    const parts = wordsOf(skill)
    return parts.length > 0 && parts.every((part) => words.has(part))
  }).length
}

// `+` and `#` belong to words such as C++ and C#.
const wordsOf = (text: string): readonly string[] =>
  text
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .match(/[\p{L}\p{N}+#]+/gu) ?? []
