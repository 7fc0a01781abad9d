import { SaxesParser } from 'saxes'
import { CvRefused } from '../refusal.ts'

export interface Node {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: Node[]
  text: string
}

const maxDepth = 200

/** An XML part as a tree. Refuses a DOCTYPE, with which entities come, and nesting without end. */
export function parseXml(bytes: Buffer): Node {
  const root: Node = { name: '', attributes: {}, children: [], text: '' }
  const open: Node[] = [root]
  const parser = new SaxesParser()
  parser.on('doctype', () => {
    throw new CvRefused('CV_EXTERNAL_ENTITIES')
  })
  parser.on('error', () => {
    throw new CvRefused('CV_BROKEN')
  })
  parser.on('opentag', ({ name, attributes }) => {
    if (open.length > maxDepth) throw new CvRefused('CV_BOMB')
    const node: Node = { name, attributes, children: [], text: '' }
    open.at(-1)?.children.push(node)
    open.push(node)
  })
  parser.on('closetag', () => void open.pop())
  parser.on('text', (text) => {
    const node = open.at(-1)
    if (node?.name === 'w:t') node.text += text
  })
  parser.write(bytes.toString('utf8')).close()
  return root
}
