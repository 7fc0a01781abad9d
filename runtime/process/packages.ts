import { createRequire } from 'node:module'
import type * as Azure from '@azure/storage-blob'
import type * as DuckDb from '@duckdb/node-api'
import type FastifyPackage from 'fastify'
import type * as Minio from 'minio'
import type * as Pg from 'pg'
import type * as PinoPretty from 'pino-pretty'
import type * as Prom from 'prom-client'
import { lazily } from './lazily.ts'

const require = createRequire(import.meta.url)

// Drivers that several rooms use. Their types are imported as ever; their values come from here, when they are needed.

export const azureBlob = lazily(() => require('@azure/storage-blob') as typeof Azure)
export const duckdb = lazily(() => require('@duckdb/node-api') as typeof DuckDb)
export const fastify = lazily(() => require('fastify') as typeof FastifyPackage)
export const minio = lazily(() => require('minio') as typeof Minio)
export const pg = lazily(() => require('pg') as typeof Pg)
export const pretty = lazily(() => require('pino-pretty') as typeof PinoPretty)
export const prom = lazily(() => require('prom-client') as typeof Prom)
