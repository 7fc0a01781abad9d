import { objectStoreContract } from '../contracts/object-store.contract.ts'
import { MemoryObjectStore } from './memory-object-store.ts'

objectStoreContract('the object store in memory', async () => new MemoryObjectStore())
