import { CvRefused } from '../refusal.ts'
import type { Line, ReadDocument } from './document.ts'
import { Flow, plain } from './flow.ts'
import {
  applied,
  child,
  hasBackdrop,
  isSeen,
  isShaded,
  type Look,
  type Styles,
  stylesOf
} from './docx-styles.ts'
import { type Node, parseXml } from './xml.ts'
import { unzip } from './zip.ts'

const wanted =
  /^word\/(?:document|styles|numbering|header\d*|footer\d*|footnotes|_rels\/(?:document|header\d*|footer\d*)\.xml)\.(?:xml|rels)$/

const walked = /^word\/(?:document|header\d*|footer\d*)\.xml$/

/** Paragraphs of a DOCX: page headers first, then the body with its tables and text boxes, then page footers. */
export async function readDocx(bytes: Uint8Array): Promise<ReadDocument> {
  const parts = await unzip(bytes, (name) => wanted.test(name))
  const body = parts.get('word/document.xml')
  if (!body) throw new CvRefused('CV_WRONG_TYPE')
  const styles = stylesOf(parts.get('word/styles.xml'))
  const names = [...parts.keys()]
  const flow = new Flow()
  const trees = new Map(
    names.filter((name) => walked.test(name)).map((name) => [name, parseXml(parts.get(name) as Buffer)])
  )
  const onGround = [...trees.values()].some(hasBackdrop)
  for (const kind of [/^word\/header\d*\.xml$/, /^word\/document\.xml$/, /^word\/footer\d*\.xml$/])
    for (const name of [...trees.keys()].filter((part) => kind.test(part)).sort()) {
      const links = linksOf(parts.get(name.replace('word/', 'word/_rels/').concat('.rels')))
      new Walker({ flow, styles, links, onGround }).children(trees.get(name) as Node)
      flow.block++
    }
  const warnings = flow.hidden ? ['hidden_text'] : []
  return { type: 'docx', pages: flow.page + 1, lines: once(flow.lines), pieces: [], links: [], warnings }
}

/** A header for the first page and one for the others often say the same. */
function once(lines: readonly Line[]): Line[] {
  const seen = new Set<string>()
  return lines.filter((line, index) => {
    const isContact = index < 40 && /@|\d{4}/.test(line.text) && line.text.length > 12
    if (isContact && seen.has(line.text)) return false
    if (isContact) seen.add(line.text)
    return true
  })
}

function linksOf(part: Buffer | undefined): Map<string, string> {
  const found = new Map<string, string>()
  if (!part) return found
  const visit = (node: Node) => {
    const { Id: id, Target: target, TargetMode: mode } = node.attributes
    if (node.name === 'Relationship' && mode === 'External' && id && target && target.length < 2_000)
      found.set(id, target)
    node.children.forEach(visit)
  }
  visit(parseXml(part))
  return found
}

interface Parts {
  readonly flow: Flow
  readonly styles: Styles
  readonly links: ReadonlyMap<string, string>
  /** Something stands behind the text, on which letters of any color may be seen. */
  readonly onGround: boolean
}

interface Paragraph extends Look {
  readonly link: string | null
}

/** What a paragraph's runs give besides text. */
interface Output {
  /** Text boxes, read behind it. */
  readonly boxes: Node[]
  readonly line: { readonly bullet: boolean; readonly indent: number }
}

/** Properties, what was deleted, and what stands a second time for old readers. */
const skipped = new Set(['w:pPr', 'w:rPr', 'w:del', 'w:moveFrom', 'mc:Fallback'])

class Walker {
  readonly #flow: Flow
  readonly #styles: Styles
  readonly #links: ReadonlyMap<string, string>
  #onGround: boolean

  constructor({ flow, styles, links, onGround }: Parts) {
    this.#flow = flow
    this.#styles = styles
    this.#links = links
    this.#onGround = onGround
  }

  children(node: Node): void {
    for (const each of node.children) this.#block(each)
  }

  #block(node: Node): void {
    if (this.#flow.isFull) return
    if (node.name === 'w:p') this.#paragraph(node)
    else if (node.name === 'w:tbl') this.#table(node)
    else if (node.name !== 'w:sectPr') this.children(node)
  }

  #paragraph(node: Node): void {
    const properties = child(node, 'w:pPr')
    const id = child(properties, 'w:pStyle')?.attributes['w:val'] ?? ''
    const look = this.#lookOf(id, properties)
    const indent = Number(child(properties, 'w:ind')?.attributes['w:left'] ?? 0) / 20
    const boxes: Node[] = []
    const bullet =
      child(properties, 'w:numPr') !== null || (this.#styles.get(id)?.isList ?? false) || /^List/i.test(id)
    const line = { bullet, indent: Number.isFinite(indent) ? indent : 0 }
    this.#runs(node, { ...look, link: null }, { boxes, line })
    this.#flow.end(line)
    // What stands in a text box is read behind its paragraph, as a block of its own.
    for (const box of boxes) {
      this.#flow.block++
      this.#within(true, () => this.children(box))
      this.#flow.block++
    }
  }

  #runs(node: Node, look: Paragraph, out: Output): void {
    for (const each of node.children) {
      if (skipped.has(each.name)) continue
      const act = this.#acts[each.name]
      if (act) act(each, look, out)
      else this.#runs(each, look, out)
    }
  }

  readonly #acts: Readonly<Record<string, (node: Node, look: Paragraph, out: Output) => void>> = {
    'w:t': ({ text }, { caps, style, link }) => this.#flow.add(caps ? text.toUpperCase() : text, style, link),
    'w:tab': () => this.#flow.tab(),
    'w:ptab': () => this.#flow.tab(),
    'w:br': (node, _, { line }) => this.#break(node, line),
    'w:cr': (node, _, { line }) => this.#break(node, line),
    'w:noBreakHyphen': (_, { style, link }) => this.#flow.add('-', style, link),
    'w:r': (node, look, out) => this.#run(node, look, out),
    'w:txbxContent': (node, _, { boxes }) => void boxes.push(node),
    'w:hyperlink': (node, look, out) => {
      const link = this.#links.get(node.attributes['r:id'] ?? '') ?? look.link
      this.#runs(node, { ...look, link }, out)
    }
  }

  #run(node: Node, look: Paragraph, out: Output): void {
    const properties = child(node, 'w:rPr')
    const style = child(properties, 'w:rStyle')?.attributes['w:val']
    const own = applied(properties, style === undefined ? look : this.#styled(style, look))
    if (!isSeen(own, this.#onGround) && hasText(node)) this.#flow.hidden = true
    else this.#runs(node, { ...own, link: look.link }, out)
  }

  /** Walks what stands on a ground of its own. */
  #within(isGround: boolean, walk: () => void): void {
    const before = this.#onGround
    this.#onGround ||= isGround
    walk()
    this.#onGround = before
  }

  #break(node: Node, line: { bullet: boolean; indent: number }): void {
    this.#flow.end(line)
    if (node.attributes['w:type'] === 'page') this.#flow.page++
  }

  /** How letters of a paragraph look that have no properties of their own. */
  #lookOf(id: string, properties: Node | null): Look {
    const plainLook = { style: plain, caps: false, hidden: false, shaded: false }
    const look = this.#styled(id, this.#styled('', plainLook))
    return isShaded(properties) ? { ...look, shaded: true } : look
  }

  /** A look with a style upon it, and before it those that the style is based on. */
  #styled(id: string, look: Look, depth = 0): Look {
    const found = this.#styles.get(id)
    if (!found || depth > 10) return look
    const base = found.base === null ? look : this.#styled(found.base, look, depth + 1)
    const own = applied(found.run, base)
    return isShaded(found.paragraph) ? { ...own, shaded: true } : own
  }

  /** A row whose cells have a paragraph each is a line; longer cells are read one after the other. */
  #table(node: Node): void {
    // Styles of tables are not read: one may give its cells a ground.
    const hasStyle = child(child(node, 'w:tblPr'), 'w:tblStyle') !== null
    for (const row of unwrapped(node).filter(({ name }) => name === 'w:tr')) {
      const cells = unwrapped(row).filter(({ name }) => name === 'w:tc')
      const hasGround = hasStyle || cells.some((cell) => isShaded(child(cell, 'w:tcPr')))
      this.#within(hasGround, () => this.#row(cells))
    }
    this.#flow.block++
  }

  #row(cells: readonly Node[]): void {
    const paragraphs = cells.map((cell) =>
      unwrapped(cell).filter(({ name }) => name === 'w:p' || name === 'w:tbl')
    )
    const filled = paragraphs.filter((list) => list.some(hasText))
    if (filled.length > 1 && filled.filter((list) => list.filter(hasText).length > 3).length < 2)
      this.#sideBySide(filled)
    else
      for (const list of filled) {
        this.#flow.block++
        for (const each of list) this.#block(each)
      }
  }

  #sideBySide(cells: readonly Node[][]): void {
    const lists = cells.map((list) => list.filter(hasText))
    const longest = lists.reduce((a, b) => (b.length > a.length ? b : a))
    const inRow = lists.flatMap((list) => (list === longest ? list.slice(0, 1) : list))
    if (inRow.some(({ name }) => name !== 'w:p')) {
      for (const each of lists.flat()) this.#block(each)
      return
    }
    for (const list of lists) {
      for (const each of list.filter((node) => inRow.includes(node))) this.#inline(each)
      this.#flow.tab()
    }
    this.#flow.end()
    for (const each of longest.slice(1)) this.#block(each)
  }

  /** A paragraph as a part of a row. */
  #inline(node: Node): void {
    const properties = child(node, 'w:pPr')
    const id = child(properties, 'w:pStyle')?.attributes['w:val'] ?? ''
    const look = { ...this.#lookOf(id, properties), link: null }
    this.#runs(node, look, { boxes: [], line: { bullet: false, indent: 0 } })
    this.#flow.add(' ', plain)
  }
}

/** A node's children, those of content controls and the like among them. */
function unwrapped(node: Node): Node[] {
  return node.children.flatMap((each) => (wrappers.has(each.name) ? unwrapped(each) : [each]))
}

const wrappers = new Set(['w:sdt', 'w:sdtContent', 'w:customXml', 'w:ins', 'w:moveTo'])

function hasText(node: Node): boolean {
  return node.text.trim() !== '' || node.children.some(hasText)
}
