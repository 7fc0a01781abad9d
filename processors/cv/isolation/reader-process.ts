import { type Recognise, recogniserOf } from '../ocr/tesseract.ts'
import { readCv } from '../read-cv.ts'
import { CvRefused } from '../refusal.ts'
import type { CvAnswer, CvRequest } from './messages.ts'

// A process that reads documents for another one, one at a time. It ends when its parent is gone.

process.on('disconnect', () => process.exit(0))
process.on('message', (request: CvRequest) => void answer(request))

/** Ends a reading at the first page that is a picture. */
class PictureFound extends Error {}

async function answer(request: CvRequest): Promise<void> {
  send(await read(request))
}

async function read({ id, bytes, fileName, pictures }: CvRequest): Promise<CvAnswer> {
  try {
    return { id, parsed: await readCv(bytes, fileName, recogniser(pictures)) }
  } catch (error) {
    if (error instanceof PictureFound) return { id, hasPictures: true }
    // A reader that fails on a document says no more than that: messages of libraries may quote the document.
    return { id, refusal: error instanceof CvRefused ? error.refusal : 'CV_BROKEN' }
  }
}

function recogniser(pictures: CvRequest['pictures']): Recognise | null {
  if (pictures === 'skip') return null
  if (pictures === 'tell') return () => Promise.reject(new PictureFound())
  return recogniserOf(pictures)
}

function send(message: CvAnswer): void {
  process.send?.(message)
}
