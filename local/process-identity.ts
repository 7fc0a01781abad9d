export { identityOf, isAlive } from '../runtime/process/process-identity.ts'
