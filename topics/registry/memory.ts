import type { Type } from 'avsc'
import { CourantError } from '../../runtime/errors.ts'
import type { RecordSchema } from '../../schemas/envelope.ts'
import { avroType } from '../../schemas/avro-type.ts'
import { brokenBy } from '../../schemas/compatibility.ts'
import { foreignSchema, incompatible, missing, type Registry, unknownSchema } from './registry.ts'

/** A registry in this process, for fast tests. */
export function memoryRegistry(): Registry {
  const byId: Type[] = []
  const bySubject = new Map<string, { id: number; text: string; type: Type }[]>()
  const find = (subject: string, schema: RecordSchema) =>
    bySubject.get(subject)?.find((version) => version.text === JSON.stringify(schema))?.id
  return {
    async idOf(subject, schema) {
      const id = find(subject, schema)
      if (id === undefined)
        throw new CourantError('SCHEMA_MISSING', missing(subject), { details: { subject } })
      return id
    },
    async typeOf(id, subject) {
      const type = byId[id - 1]
      if (!type) throw unknownSchema(id)
      if (!bySubject.get(subject)?.some((version) => version.id === id)) throw foreignSchema(id, subject)
      return type
    },
    versionsOf: async (subject) => (bySubject.get(subject) ?? []).map((version) => version.type),
    async register(subject, schema) {
      const known = find(subject, schema)
      if (known !== undefined) return known
      const versions = bySubject.get(subject) ?? []
      const type = avroType(schema)
      const broken = brokenBy(
        type,
        versions.map((version) => version.type)
      )
      if (broken) throw incompatible(subject, broken)
      const id = byId.push(type)
      bySubject.set(subject, [...versions, { id, text: JSON.stringify(schema), type }])
      return id
    }
  }
}
