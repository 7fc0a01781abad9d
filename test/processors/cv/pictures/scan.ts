import { deflateSync } from 'node:zlib'
import jpeg from 'jpeg-js'
import { PNG } from 'pngjs'
import { pdfium } from '../../../../processors/cv/document/pdfium.ts'

/** A picture in grey, a byte a point. */
export interface Picture {
  readonly width: number
  readonly height: number
  readonly data: Buffer
}

/** The pages of a PDF as a printer prints them. */
export async function printed(bytes: Uint8Array, dpi: number): Promise<Picture[]> {
  const module = await pdfium()
  const { malloc, free } = module.pdfium.wasmExports
  const at = malloc(bytes.length)
  module.pdfium.HEAPU8.set(bytes, at)
  const document = module.FPDF_LoadMemDocument(at, bytes.length, '')
  const pages = Array.from({ length: module.FPDF_GetPageCount(document) }, (_, index) => {
    const page = module.FPDF_LoadPage(document, index)
    const width = Math.round((module.FPDF_GetPageWidthF(page) * dpi) / 72)
    const height = Math.round((module.FPDF_GetPageHeightF(page) * dpi) / 72)
    const bitmap = module.FPDFBitmap_CreateEx(width, height, 1, 0, 0)
    module.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xffffffff)
    module.FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, 0x09)
    const [from, stride] = [module.FPDFBitmap_GetBuffer(bitmap), module.FPDFBitmap_GetStride(bitmap)]
    const data = Buffer.alloc(width * height)
    for (let row = 0; row < height; row++)
      data.set(module.pdfium.HEAPU8.subarray(from + row * stride, from + row * stride + width), row * width)
    module.FPDFBitmap_Destroy(bitmap)
    module.FPDF_ClosePage(page)
    return { width, height, data }
  })
  module.FPDF_CloseDocument(document)
  free(at)
  return pages
}

/** The picture as a scanner gives it: a little aslant, paler, with noise; the same for the same seed. */
export function scanned({ width, height, data }: Picture, seed: number, degrees = 0.6): Picture {
  const random = randomOf(seed)
  const angle = ((random() * 2 - 1) * degrees * Math.PI) / 180
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)]
  const scan = Buffer.alloc(width * height)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [u, v] = [x - width / 2, y - height / 2]
      const ink = lightAt(
        { width, height, data },
        cos * u - sin * v + width / 2,
        sin * u + cos * v + height / 2
      )
      scan[y * width + x] = Math.max(0, Math.min(255, ink * 0.94 + 8 + (random() - 0.5) * 24))
    }
  return { width, height, data: scan }
}

function lightAt({ width, height, data }: Picture, x: number, y: number): number {
  const [left, top] = [Math.floor(x), Math.floor(y)]
  if (left < 0 || top < 0 || left >= width - 1 || top >= height - 1) return 255
  const at = (row: number) => {
    const from = row * width + left
    return (data[from] as number) * (left + 1 - x) + (data[from + 1] as number) * (x - left)
  }
  return at(top) * (top + 1 - y) + at(top + 1) * (y - top)
}

/** Numbers from 0 to 1 that look like chance (Numerical Recipes' linear congruential generator). */
function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** A picture as a JPEG; `turn` is what Exif says of how a camera was held. */
export function jpegOf(picture: Picture, { quality = 75, orientation = 1 } = {}): Buffer {
  const { data } = jpeg.encode({ ...picture, data: colours(picture) }, quality)
  if (orientation === 1) return data
  const exif = Buffer.alloc(36)
  exif.write('\xff\xe1\x00\x22Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01', 'latin1')
  exif.writeUInt16BE(orientation, 28)
  return Buffer.concat([data.subarray(0, 2), exif, data.subarray(2)])
}

/** The picture as a camera stores it that was held upright and says so by its orientation, 6. */
export function turnedLeft({ width, height, data }: Picture): Picture {
  const turned = Buffer.alloc(data.length)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) turned[(width - 1 - x) * height + y] = data[y * width + x] as number
  return { width: height, height: width, data: turned }
}

export function pngOf(picture: Picture): Buffer {
  return PNG.sync.write(Object.assign(new PNG(picture), { data: colours(picture) }))
}

function colours({ data }: Picture): Buffer {
  const result = Buffer.alloc(data.length * 4, 255)
  for (const [index, light] of data.entries()) result.fill(light, index * 4, index * 4 + 3)
  return result
}

/** A PDF of pages that are nothing but JPEGs, as scanners make. */
export function picturesPdf(pages: readonly Picture[], dpi: number): Buffer {
  const parts: Buffer[] = []
  const offsets: number[] = []
  let at = 0
  const add = (part: Buffer | string) => {
    const bytes = typeof part === 'string' ? Buffer.from(part) : part
    parts.push(bytes)
    at += bytes.length
  }
  const object = (dictionary: string, stream?: Buffer) => {
    offsets.push(at)
    add(`${offsets.length} 0 obj\n${dictionary}\n`)
    if (stream) for (const part of ['stream\n', stream, '\nendstream\n']) add(part)
    add('endobj\n')
  }
  add('%PDF-1.4\n')
  object('<< /Type /Catalog /Pages 2 0 R >>')
  const kids = pages.map((_, index) => `${3 + index * 3} 0 R`).join(' ')
  object(`<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`)
  for (const [index, page] of pages.entries()) {
    const [across, down] = [(page.width * 72) / dpi, (page.height * 72) / dpi]
    const draw = deflateSync(`q ${across} 0 0 ${down} 0 0 cm /I Do Q`)
    const image = jpegOf(page)
    object(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${across} ${down}] /Resources << /XObject << /I ${5 + index * 3} 0 R >> >> /Contents ${4 + index * 3} 0 R >>`
    )
    object(`<< /Filter /FlateDecode /Length ${draw.length} >>`, draw)
    object(
      `<< /Type /XObject /Subtype /Image /Width ${page.width} /Height ${page.height} /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode /Length ${image.length} >>`,
      image
    )
  }
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  const end = at
  add(`xref\n0 ${offsets.length + 1}\n0000000000 65535 f \n${table}`)
  add(`trailer\n<< /Size ${offsets.length + 1} /Root 1 0 R >>\nstartxref\n${end}\n%%EOF\n`)
  return Buffer.concat(parts)
}
