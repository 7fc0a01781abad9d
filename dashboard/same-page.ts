import type { FastifyRequest } from 'fastify'

/** Whether a browser says that a page of this very server sent it; what says nothing is no browser's form. */
export function isOfOurPage({ headers }: FastifyRequest): boolean {
  const { origin, host } = headers
  if (headers['sec-fetch-site'] !== undefined && headers['sec-fetch-site'] !== 'same-origin') return false
  return origin !== undefined && URL.canParse(origin) && new URL(origin).host === host
}
