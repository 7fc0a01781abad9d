import type { Style } from './document.ts'
import { type Node, parseXml } from './xml.ts'

interface ParagraphStyle {
  readonly base: string | null
  readonly run: Node | null
  readonly isList: boolean
}

export type Styles = ReadonlyMap<string, ParagraphStyle>

/** The paragraph styles of a document; the defaults are under ''. */
export function stylesOf(part: Buffer | undefined): Styles {
  const found = new Map<string, ParagraphStyle>()
  if (!part) return found
  const root = parseXml(part)
  const all = root.children.flatMap((node) => node.children)
  const defaults = all.find((node) => node.name === 'w:docDefaults')
  found.set('', { base: null, run: descendant(defaults, 'w:rPr'), isList: false })
  for (const node of all.filter(({ name }) => name === 'w:style')) {
    const id = node.attributes['w:styleId']
    if (!id) continue
    const properties = child(node, 'w:pPr')
    found.set(id, {
      base: child(node, 'w:basedOn')?.attributes['w:val'] ?? null,
      run: child(node, 'w:rPr'),
      isList: child(properties, 'w:numPr') !== null
    })
  }
  return found
}

/** A node's first child of a name. */
export function child(node: Node | null | undefined, name: string): Node | null {
  return node?.children.find((each) => each.name === name) ?? null
}

function descendant(node: Node | null | undefined, name: string): Node | null {
  if (!node) return null
  for (const each of node.children) {
    if (each.name === name) return each
    const inner = descendant(each, name)
    if (inner) return inner
  }
  return null
}

/** How a run looks. */
export interface Look {
  readonly style: Style
  readonly caps: boolean
}

type Change = (look: Look, value: string | undefined) => Look

const isOn = (value: string | undefined) => value !== '0' && value !== 'false' && value !== 'none'
const styled = (look: Look, change: Partial<Style>): Look => ({
  ...look,
  style: { ...look.style, ...change }
})

const changes: Readonly<Record<string, Change>> = {
  'w:b': (look, value) => styled(look, { bold: isOn(value) }),
  'w:i': (look, value) => styled(look, { italic: isOn(value) }),
  'w:caps': (look, value) => ({ ...look, caps: isOn(value) }),
  'w:sz': (look, value) => styled(look, { size: Number(value) / 2 || look.style.size }),
  'w:color': (look, value) =>
    /^[0-9a-f]{6}$/i.test(value ?? '') ? styled(look, { color: Number.parseInt(value ?? '', 16) }) : look
}

const smallestShown = 2

/** A look with a run's properties upon it; null where the run is hidden or too small to be seen. */
export function applied(properties: Node | null, look: Look): Look | null {
  let changed = look
  for (const { name, attributes } of properties?.children ?? []) {
    const value = attributes['w:val']
    if ((name === 'w:vanish' || name === 'w:webHidden') && isOn(value)) return null
    changed = changes[name]?.(changed, value) ?? changed
  }
  return changed.style.size < smallestShown ? null : changed
}
