import { CvRefused } from '../refusal.ts'

/** What the head of a JPEG says. */
export interface JpegHead {
  readonly width: number
  readonly height: number
  /** 1 grey, 3 colours, 4 inks. */
  readonly components: number
  /** Adobe's programs write inks the other way round. */
  readonly isAdobe: boolean
  /** How far a person turns it to the right to look at it (Exif 2.32, tag 274): 0, 90, 180 or 270. */
  readonly turn: number
}

const marker = { app1: 0xe1, app14: 0xee, scan: 0xda, end: 0xd9 }
const turns: Readonly<Record<number, number>> = { 3: 180, 6: 90, 8: 270 }

/** Reads the segments of a JPEG up to its picture (ITU-T T.81, annex B). Refuses one that has none. */
export function jpegHead(bytes: Buffer): JpegHead {
  let [turn, isAdobe] = [0, false]
  for (const { kind, content } of segmentsOf(bytes)) {
    if (kind === marker.app1) turn = turnOf(content)
    else if (kind === marker.app14) isAdobe = content.toString('latin1', 0, 5) === 'Adobe'
    else if (isFrame(kind) && content.length >= 6) {
      const [height, width] = [content.readUInt16BE(1), content.readUInt16BE(3)]
      return { width, height, components: content[5] ?? 0, isAdobe, turn }
    }
  }
  throw new CvRefused('CV_BROKEN')
}

/** The segments before the picture. */
function* segmentsOf(bytes: Buffer): Generator<{ readonly kind: number; readonly content: Buffer }> {
  let at = 2
  while (at + 9 < bytes.length && bytes[at] === 0xff) {
    const kind = bytes[at + 1] ?? 0
    const length = bytes.readUInt16BE(at + 2)
    if (kind === 0xff) at++
    else if (kind === 0x01 || (kind >= 0xd0 && kind <= 0xd8)) at += 2
    else {
      if (kind === marker.scan || kind === marker.end || length < 2) return
      yield { kind, content: bytes.subarray(at + 4, at + 2 + length) }
      at += 2 + length
    }
  }
}

/** Frames are C0 to CF; three of these are tables. */
const isFrame = (kind: number) => kind >= 0xc0 && kind <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(kind)

/** The orientation in a segment of Exif: a TIFF head, and the entries of its first directory. */
function turnOf(segment: Buffer): number {
  if (segment.toString('latin1', 0, 6) !== 'Exif\0\0') return 0
  const tiff = segment.subarray(6)
  const isLittle = tiff.toString('latin1', 0, 2) === 'II'
  const at16 = (at: number) =>
    at + 2 > tiff.length ? 0 : isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at)
  const directory = tiff.length < 8 ? 0 : isLittle ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4)
  const count = Math.min(at16(directory), 100)
  for (let entry = directory + 2; entry < directory + 2 + count * 12; entry += 12)
    if (at16(entry) === 274) return turns[at16(entry + 8)] ?? 0
  return 0
}
