import { inflateSync } from 'node:zlib'
import { PNG } from 'pngjs'
import { CvRefused } from '../refusal.ts'
import { jpegHead } from './jpeg.ts'

/** A phone's picture has 12 to 50 million points; a JPEG is drawn without its points being in memory all at once. */
const maxJpegPoints = 64_000_000
/** A PNG is in memory with four bytes a point: A4 at 400 dpi. */
const maxPngPoints = 16_000_000

interface Image {
  readonly width: number
  readonly height: number
  readonly data: Buffer
  /** Entries of the PDF's image dictionary. */
  readonly entries: string
  readonly turn: number
}

/** A picture as a PDF of one page, as wide as A4, so that all that is known of scanned pages holds for it too. */
export function pictureAsPdf(bytes: Uint8Array, type: 'jpeg' | 'png'): Buffer {
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  return pdfOf(type === 'jpeg' ? jpegImage(content) : pngImage(content))
}

function jpegImage(data: Buffer): Image {
  const { width, height, components, isAdobe, turn } = jpegHead(data)
  bound(width * height, maxJpegPoints)
  const space = { 1: '/DeviceGray', 3: '/DeviceRGB', 4: '/DeviceCMYK' }[components]
  if (space === undefined) throw new CvRefused('CV_BROKEN')
  const decode = components === 4 && isAdobe ? ' /Decode [1 0 1 0 1 0 1 0]' : ''
  return {
    width,
    height,
    data,
    turn,
    entries: `/ColorSpace ${space} /BitsPerComponent 8 /Filter /DCTDecode${decode}`
  }
}

/** A PNG in grey upon white: what shows through is paper. */
function pngImage(bytes: Buffer): Image {
  if (bytes.length < 33) throw new CvRefused('CV_BROKEN')
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)]
  bound(width * height, maxPngPoints)
  if (bytes[28] === interlaced) boundInflated(bytes, width * height * 8 + height * 16)
  const { data } = decoded(bytes)
  const grey = Buffer.alloc(width * height)
  for (let point = 0; point < grey.length; point++) {
    const at = point * 4
    const alpha = (data[at + 3] ?? 255) / 255
    // ITU-R BT.601's weights.
    const light = 0.299 * (data[at] ?? 0) + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0)
    grey[point] = Math.round(light * alpha + 255 * (1 - alpha))
  }
  return { width, height, data: grey, turn: 0, entries: '/ColorSpace /DeviceGray /BitsPerComponent 8' }
}

const interlaced = 1

/** The decoder bounds what it inflates itself, but for pictures that come in passes. */
function boundInflated(bytes: Buffer, most: number): void {
  const parts: Buffer[] = []
  for (let at = 8; at + 8 <= bytes.length; at += bytes.readUInt32BE(at) + 12)
    if (bytes.toString('latin1', at + 4, at + 8) === 'IDAT')
      parts.push(bytes.subarray(at + 8, at + 8 + bytes.readUInt32BE(at)))
  try {
    inflateSync(Buffer.concat(parts), { maxOutputLength: most })
  } catch (error) {
    const isTooMuch = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
    throw new CvRefused(isTooMuch ? 'CV_BOMB' : 'CV_BROKEN')
  }
}

function decoded(bytes: Buffer): { readonly data: Buffer } {
  try {
    return PNG.sync.read(bytes)
  } catch {
    // What it says may quote the picture.
    throw new CvRefused('CV_BROKEN')
  }
}

function bound(points: number, most: number): void {
  if (points < 1) throw new CvRefused('CV_BROKEN')
  if (points > most) throw new CvRefused('CV_BOMB')
}

const pageWidth = 595

/** A PDF of a page with an image on the whole of it (ISO 32000-1, 7.5 and 8.9.5). */
function pdfOf({ width, height, data, entries, turn }: Image): Buffer {
  const isLying = turn === 90 || turn === 270
  const [across, down] = isLying
    ? [(pageWidth * width) / height, pageWidth]
    : [pageWidth, (pageWidth * height) / width]
  const box = `${across.toFixed(2)} ${down.toFixed(2)}`
  const draw = `q ${across.toFixed(2)} 0 0 ${down.toFixed(2)} 0 0 cm /I Do Q`
  const objects: readonly (readonly [string, Buffer?])[] = [
    ['<< /Type /Catalog /Pages 2 0 R >>'],
    ['<< /Type /Pages /Kids [3 0 R] /Count 1 >>'],
    [
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${box}] /Rotate ${turn} /Resources << /XObject << /I 5 0 R >> >> /Contents 4 0 R >>`
    ],
    [`<< /Length ${draw.length} >>`, Buffer.from(draw)],
    [
      `<< /Type /XObject /Subtype /Image /Width ${width} /Height ${height} ${entries} /Length ${data.length} >>`,
      data
    ]
  ]
  return withTable(objects)
}

function withTable(objects: readonly (readonly [string, Buffer?])[]): Buffer {
  const parts: Buffer[] = [Buffer.from('%PDF-1.7\n')]
  const offsets: number[] = []
  let at = parts[0]?.length ?? 0
  const add = (part: Buffer) => {
    parts.push(part)
    at += part.length
  }
  for (const [index, [dictionary, stream]] of objects.entries()) {
    offsets.push(at)
    add(Buffer.from(`${index + 1} 0 obj\n${dictionary}\n`))
    if (stream) for (const part of ['stream\n', stream, '\nendstream\n']) add(Buffer.from(part))
    add(Buffer.from('endobj\n'))
  }
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  const head = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}`
  const tail = `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${at}\n%%EOF\n`
  add(Buffer.from(head + tail))
  return Buffer.concat(parts)
}
