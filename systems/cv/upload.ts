import { createHash } from 'node:crypto'
import type { Multipart } from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import { identify } from '../../processors/cv/identify.ts'
import { CvRefused } from '../../processors/cv/refusal.ts'
import { type TargetProblem, targetProblem } from '../../runtime/loop/outgoing.ts'
import type { Refusal } from './refusals.ts'

const priorities = ['premium', 'standard', 'batch'] as const
type Priority = (typeof priorities)[number]

/** A CV as a client sent it, whole and of a type that is read. */
export interface Upload {
  readonly bytes: Buffer
  readonly sha256: string
  readonly fileName: string
  readonly priority: Priority
  readonly webhook: { readonly url: string; readonly secret: string | null } | null
}

interface Form {
  readonly fields: ReadonlyMap<string, string>
  readonly file: { readonly name: string; readonly bytes: Buffer } | null
}

export interface UploadRules {
  readonly maxBytes: number
  readonly mayBePrivate: boolean
}

/** Takes a form apart and checks it; what is wrong with it is said before anything is kept. */
export async function uploadOf(
  request: FastifyRequest,
  { maxBytes, mayBePrivate }: UploadRules
): Promise<Upload | Refusal> {
  const form = await formOf(request, maxBytes)
  if ('code' in form) return form
  const { file, fields } = form
  if (!file) return { status: 422, code: 'FILE_MISSING' }
  const priority = fields.get('priority') || 'standard'
  if (!isPriority(priority)) return { status: 422, code: 'PRIORITY_UNKNOWN' }
  const refused = refusalOf(file.bytes)
  if (refused) return refused
  const url = fields.get('webhook_url') || null
  const problem: TargetProblem | null = url === null ? null : await targetProblem(url, { mayBePrivate })
  if (problem) return { status: 422, code: 'WEBHOOK_REFUSED' }
  return {
    bytes: file.bytes,
    sha256: createHash('sha256').update(file.bytes).digest('hex'),
    fileName: cleanName(file.name),
    priority,
    webhook: url === null ? null : { url, secret: fields.get('webhook_secret') || null }
  }
}

const isPriority = (text: string): text is Priority => (priorities as readonly string[]).includes(text)

/** What the parser refuses by the bytes alone is not queued. */
function refusalOf(bytes: Buffer): Refusal | null {
  try {
    identify(bytes)
    return null
  } catch (error) {
    if (!(error instanceof CvRefused)) throw error
    const status = error.refusal === 'CV_TOO_LARGE' ? 413 : error.refusal === 'CV_WRONG_TYPE' ? 415 : 422
    return { status, code: error.refusal, refused: error }
  }
}

async function formOf(request: FastifyRequest, maxBytes: number): Promise<Form | Refusal> {
  const fields = new Map<string, string>()
  let file: Form['file'] = null
  for await (const part of request.parts({ limits: { fileSize: maxBytes } }) as AsyncIterable<Multipart>) {
    if (part.type === 'field') {
      if (part.valueTruncated || part.fieldnameTruncated) return { status: 422, code: 'FIELD_TOO_LONG' }
      fields.set(part.fieldname, String(part.value))
      continue
    }
    const bytes = await part.toBuffer().catch(() => null)
    if (bytes === null || part.file.truncated)
      return { status: 413, code: 'CV_TOO_LARGE', refused: new CvRefused('CV_TOO_LARGE') }
    if (part.fieldname === 'file') file = { name: part.filename, bytes }
  }
  return { fields, file }
}

const longestName = 255

/** A name is for people: without what a terminal or a database does not take, and without folders. */
function cleanName(name: string): string {
  const base = name.split(/[/\\]/).at(-1) ?? ''
  return base.replace(/\p{C}/gu, '').toWellFormed().slice(0, longestName) || 'cv'
}
