import type * as Azure from '@azure/storage-blob'
import type * as DuckDb from '@duckdb/node-api'
import type FastifyPackage from 'fastify'
import type * as Minio from 'minio'
import type * as Pg from 'pg'
import type * as PinoPretty from 'pino-pretty'
import type * as Prom from 'prom-client'
import { lazyPackage } from './lazily.ts'

// Drivers that several rooms use. Their types are imported as ever; their values come from here, when they are needed.

export const azureBlob = lazyPackage<typeof Azure>('@azure/storage-blob')
export const duckdb = lazyPackage<typeof DuckDb>('@duckdb/node-api')
export const fastify = lazyPackage<typeof FastifyPackage>('fastify')
export const minio = lazyPackage<typeof Minio>('minio')
export const pg = lazyPackage<typeof Pg>('pg')
export const pretty = lazyPackage<typeof PinoPretty>('pino-pretty')
export const prom = lazyPackage<typeof Prom>('prom-client')
