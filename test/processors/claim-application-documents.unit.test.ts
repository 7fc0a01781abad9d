import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { claimDocuments, type ClaimTools } from '../../processors/claim-application-documents.ts'
import { bytesContent } from '../../runtime/object-store/content.ts'
import type { ApplicationDocument } from '../../schemas/types/applications.ts'
import { ClaimStore, RecentContents } from '../../topics/claim-store.ts'
import { claimedApplication, pdfBytes } from '../support/applications.ts'
import { MemoryObjectStore } from '../support/memory-object-store.ts'

function tools(contents: Record<string, Buffer>) {
  const store = new MemoryObjectStore()
  const asked: string[] = []
  const claims = new ClaimStore(store)
  const documents = {
    async content(id: string) {
      asked.push(id)
      return contents[id] ?? null
    }
  }
  return { store, asked, tools: { claims, documents, maxBytes: 2000 } satisfies ClaimTools }
}

const document = (id: string, bytes: Buffer | null): ApplicationDocument => ({
  id,
  kind: 'cv',
  filename: `${id}.pdf`,
  sha256: bytes && bytesContent(bytes).sha256,
  bytes: bytes && bytes.length
})

const submitted = (...documents: ApplicationDocument[]) => {
  const { missing: _, ...record } = claimedApplication(1)
  return { ...record, documents }
}

describe('claim-application-documents', () => {
  it('keeps each content under its hash, and refers to it', async () => {
    const cv = pdfBytes('cv')
    const { store, tools: use } = tools({ a: cv })
    const { documents, missing } = await claimDocuments(submitted(document('a', cv)), use)
    const { sha256 } = bytesContent(cv)
    assert.deepEqual(documents, [
      { id: 'a', kind: 'cv', filename: 'a.pdf', sha256, bytes: cv.length, claim: `documents/${sha256}` }
    ])
    assert.deepEqual(missing, [])
    assert.deepEqual(store.objects.get(`documents/${sha256}`)?.bytes, cv)
    assert.deepEqual(await use.claims.read({ name: `documents/${sha256}`, sha256 }), cv)
  })

  it('needs no source for what it has claimed: a replay gives the same when the row is gone', async () => {
    const cv = pdfBytes('cv')
    const contents: Record<string, Buffer> = { a: cv }
    const { asked, store, tools: before } = tools(contents)
    const first = await claimDocuments(submitted(document('a', cv)), before)
    delete contents['a']
    const use = { ...before, claims: new ClaimStore(store) }
    assert.deepEqual(await claimDocuments(submitted(document('a', cv)), use), first)
    // A backfill does not even ask.
    const { source, ...record } = submitted(document('a', cv))
    const again = await claimDocuments({ ...record, source: { ...source, trigger: 'backfill' } }, use)
    assert.deepEqual(again.documents, first.documents)
    assert.deepEqual(asked, ['a', 'a'])
  })

  it('prefers what was submitted to what the document is now, however it is triggered', async () => {
    const [before, now] = [pdfBytes('before'), pdfBytes('now')]
    const contents: Record<string, Buffer> = { a: before }
    const { store, tools: use } = tools(contents)
    const { source, ...record } = submitted(document('a', before))
    const first = await claimDocuments({ ...record, source }, use)
    contents['a'] = now
    for (const trigger of ['webhook', 'backfill', 'daily'] as const) {
      const later = { ...use, claims: new ClaimStore(store) }
      const again = await claimDocuments({ ...record, source: { ...source, trigger } }, later)
      assert.deepEqual(again.documents, first.documents, trigger)
    }
  })

  it('says what it stored when the document has changed since it was submitted', async () => {
    const now = pdfBytes('now')
    const { tools: use } = tools({ a: now })
    const { documents } = await claimDocuments(submitted(document('a', pdfBytes('then'))), use)
    assert.equal(documents[0]?.sha256, bytesContent(now).sha256)
  })

  it('goes on without a document that cannot be exported, and says why', async () => {
    const text = Buffer.from('MZ: no PDF, whatever it is called')
    const large = Buffer.alloc(2001, '%PDF-')
    const { store, tools: use } = tools({ text, large })
    const record = submitted(
      document('gone', pdfBytes('gone')),
      document('empty', null),
      document('large', large),
      { ...document('large', large), bytes: null },
      document('text', text)
    )
    const { documents, missing } = await claimDocuments(record, use)
    assert.deepEqual(documents, [])
    assert.deepEqual(
      missing.map(({ id, reason }) => `${id} ${reason}`),
      ['gone gone', 'empty empty', 'large too_large', 'large too_large', 'text not_pdf']
    )
    // What is no PDF is kept all the same: nothing is lost.
    assert.deepEqual(store.objects.get(missing.at(-1)?.claim ?? '')?.bytes, text)
  })

  it('neither reads nor keeps again what it has just kept', async () => {
    const cv = pdfBytes('cv')
    const { asked, store, tools: use } = tools({ a: cv })
    const first = await claimDocuments(submitted(document('a', cv)), use)
    store.put = () => assert.fail('it was kept already')
    assert.deepEqual(await claimDocuments(submitted(document('a', cv)), use), first)
    assert.deepEqual(asked, ['a'])
  })

  it('gives those that claim a document at once the same content, though it changes meanwhile', async () => {
    const contents: Record<string, Buffer> = { a: pdfBytes('before') }
    const { store, tools: use } = tools(contents)
    const record = submitted(document('a', pdfBytes('before')))
    const put = store.put.bind(store)
    store.put = async (...args) => {
      contents['a'] = pdfBytes('now')
      return put(...args)
    }
    const first = claimDocuments(record, use)
    await new Promise(setImmediate)
    const claimed = await Promise.all([first, claimDocuments(record, use)])
    const replayed = await claimDocuments(record, { ...use, claims: new ClaimStore(store) })
    assert.deepEqual(claimed, [replayed, replayed])
  })

  it('refers to nothing that the store refuses without having it', async () => {
    const cv = pdfBytes('cv')
    const { store, tools: use } = tools({ a: cv })
    store.put = async () => null
    await assert.rejects(claimDocuments(submitted(document('a', cv)), use), { code: 'TARGET_UNAVAILABLE' })
  })

  it('does not take a content that is not what its name says', async () => {
    const { store, tools: use } = tools({})
    const { sha256 } = bytesContent('one')
    await assert.rejects(use.claims.read({ name: `documents/${sha256}`, sha256 }), { code: 'CLAIM_MISSING' })
    await store.put(`documents/${sha256}`, bytesContent('other'))
    await assert.rejects(use.claims.read({ name: `documents/${sha256}`, sha256 }), { code: 'CLAIM_MISSING' })
  })

  it('remembers what it has kept of late, within bounds', () => {
    const recent = new RecentContents()
    const megabytes = (n: number) => Buffer.alloc(n * 1024 * 1024)
    const claim = (sha256: string) => ({ name: sha256, sha256, bytes: 0, facts: {} })
    for (let n = 0; n < 20; n++) recent.add(claim(String(n)), megabytes(4))
    assert.equal(recent.get('11'), undefined)
    assert.equal(recent.get('12')?.bytes.length, 4 * 1024 * 1024)
    recent.add(claim('too large'), megabytes(5))
    assert.equal(recent.get('too large'), undefined)
  })
})
