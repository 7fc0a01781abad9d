import { bytesContent } from '../../../runtime/object-store/content.ts'
import { FolderStore } from '../../../runtime/object-store/folder-store.ts'

// Puts objects of 8 MB into a folder until it is killed: some are created, one is replaced over and over.

const store = await FolderStore.open(process.argv[2] ?? '')
for (let n = 0; ; n++) {
  const content = bytesContent(Buffer.alloc(8_000_000, `${process.pid} ${n} `))
  const metadata = { whole: 'yes' }
  await store.put(`created/${process.pid}-${n % 5}`, content, { ifNoneMatch: '*', metadata })
  console.log('put')
  await store.put('replaced', content, { metadata })
  console.log('put')
}
