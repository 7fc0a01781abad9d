export { identityOf, isAlive } from '../runtime/process-identity.ts'
