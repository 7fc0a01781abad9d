import type { Style } from './document.ts'
import { type Node, parseXml } from './xml.ts'

interface ParagraphStyle {
  readonly base: string | null
  readonly run: Node | null
  readonly paragraph: Node | null
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
  found.set('', { base: null, run: descendant(defaults, 'w:rPr'), paragraph: null, isList: false })
  for (const node of all.filter(({ name }) => name === 'w:style')) {
    const id = node.attributes['w:styleId']
    if (!id) continue
    const properties = child(node, 'w:pPr')
    found.set(id, {
      base: child(node, 'w:basedOn')?.attributes['w:val'] ?? null,
      run: child(node, 'w:rPr'),
      paragraph: properties,
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
  /** Marked as hidden. */
  readonly hidden: boolean
  /** It has a ground of its own. */
  readonly shaded: boolean
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
  'w:vanish': (look, value) => ({ ...look, hidden: isOn(value) }),
  'w:webHidden': (look, value) => ({ ...look, hidden: isOn(value) }),
  'w:highlight': (look, value) => ({ ...look, shaded: isOn(value) && value !== 'white' }),
  'w:sz': (look, value) => styled(look, { size: Number(value) / 2 || look.style.size }),
  'w:color': (look, value) => styled(look, { color: colorOf(value) ?? 0 })
}

function colorOf(value: string | undefined): number | null {
  return /^[0-9a-f]{6}$/i.test(value ?? '') ? Number.parseInt(value ?? '', 16) : null
}

/** A look with a run's properties upon it. */
export function applied(properties: Node | null, look: Look): Look {
  const changed = (properties?.children ?? []).reduce(
    (own, { name, attributes }) => changes[name]?.(own, attributes['w:val']) ?? own,
    look
  )
  return isShaded(properties) ? { ...changed, shaded: true } : changed
}

/** Whether properties of a run, a paragraph or a cell give it a ground that white letters can be seen on. */
export function isShaded(properties: Node | null): boolean {
  const fill = child(properties, 'w:shd')?.attributes['w:fill']
  const color = colorOf(fill)
  return color !== null && !isWhite(color)
}

const smallestShown = 2

/** Whether a person sees letters of a look, on a ground that is not the paper, or on the paper. */
export function isSeen({ style, hidden, shaded }: Look, onGround: boolean): boolean {
  return !hidden && style.size >= smallestShown && (shaded || onGround || !isWhite(style.color))
}

/** Near enough to the paper's color that nobody reads it. */
function isWhite(color: number): boolean {
  return [color >> 16, (color >> 8) & 255, color & 255].every((part) => part >= 0xec)
}

/** Whether a part of a document has something that stands behind its text, or is of a color itself. */
export function hasBackdrop(node: Node): boolean {
  const { behindDoc, style } = node.attributes
  const isBehind = node.name === 'w:background' || behindDoc === '1' || behindDoc === 'true'
  return isBehind || /z-index:\s*-/.test(style ?? '') || node.children.some(hasBackdrop)
}
