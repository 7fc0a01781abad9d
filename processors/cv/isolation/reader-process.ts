import { readCv } from '../read-cv.ts'
import { CvRefused } from '../refusal.ts'
import type { CvAnswer, CvRequest } from './messages.ts'

// A process that reads documents for another one, one at a time. It ends when its parent is gone.

process.on('disconnect', () => process.exit(0))
process.on('message', (request: CvRequest) => void answer(request))

async function answer({ id, bytes, fileName }: CvRequest): Promise<void> {
  send(await read(id, bytes, fileName))
}

async function read(id: number, bytes: Uint8Array, fileName: string | null): Promise<CvAnswer> {
  try {
    return { id, parsed: await readCv(bytes, fileName) }
  } catch (error) {
    // A reader that fails on a document says no more than that: messages of libraries may quote the document.
    return { id, refusal: error instanceof CvRefused ? error.refusal : 'CV_BROKEN' }
  }
}

function send(message: CvAnswer): void {
  process.send?.(message)
}
