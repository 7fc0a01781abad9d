import type { Setting } from '../runtime/settings.ts'

interface Owner {
  readonly name: string
  readonly settings: readonly Setting[]
}

/** A `.env` to begin with: every setting in a comment with its default, those of one system under its name. */
export function envExample(all: readonly Setting[], systems: readonly Owner[], root: string): string {
  const ownerOf = ({ env }: Setting) => {
    const owners = systems.filter(({ settings }) => settings.some((setting) => setting.env === env))
    return owners.length === 1 ? (owners[0]?.name ?? '') : ''
  }
  const sorted = all.toSorted((a, b) => a.env.localeCompare(b.env, 'en'))
  const bySystem = Map.groupBy(sorted, ownerOf)
  const sections = ['', ...systems.map(({ name }) => name)].flatMap((name) => {
    const settings = bySystem.get(name) ?? []
    const heading = name === '' ? '==== what several systems read, and Courant itself' : `==== ${name}`
    return settings.length === 0
      ? []
      : [`# ${heading}\n\n${settings.map((one) => lineOf(one, root)).join('\n')}`]
  })
  return `# Settings of Courant, with their defaults. Made by \`npm run generate\`; do not edit, but copy to \`.env\`.
# \`.env\` of the working folder is read by every command; the environment wins. Of a secret, NAME_FILE may name a file.

${sections.join('\n')}`
}

function lineOf({ env, describe, secret, default: text = '' }: Setting, root: string): string {
  return `# ${describe}${secret ? ' (secret)' : ''}\n#${env}=${text.replace(root, '')}\n`
}
