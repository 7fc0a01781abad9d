/** How far from the beginning readers look for a PDF's signature (ISO 32000-1, annex H, implementation note 13). */
const searchedBytes = 1024

/** Whether a content is a PDF by its signature; its name and declared type say nothing. */
export function isPdf(content: Buffer): boolean {
  return content.subarray(0, searchedBytes).includes('%PDF-')
}
