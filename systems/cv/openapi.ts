type Schema = Readonly<Record<string, unknown>>

interface Operation extends Schema {
  readonly summary: string
  readonly parameters?: readonly (Schema & {
    readonly name: string
    readonly in: string
    readonly description: string
  })[]
  readonly requestBody?: Schema
  readonly responses: Readonly<Record<string, Schema & { readonly description: string }>>
}

const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` })
const json = (description: string, schema: Schema) => ({
  description,
  content: { 'application/json': { schema } }
})
const refused = (description: string) => json(description, ref('Refusal'))
const text = { type: 'string' }
const uuid = { type: 'string', format: 'uuid' }
const time = { type: 'string', format: 'date-time' }
const priority = { type: 'string', enum: ['premium', 'standard', 'batch'], default: 'standard' }
const nullable = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] })
const object = (
  properties: Readonly<Record<string, Schema>>,
  required = Object.keys(properties)
): Schema => ({
  type: 'object',
  properties,
  required
})
const listOf = (properties: Readonly<Record<string, Schema>>): Schema => ({
  type: 'array',
  items: object(properties, [])
})

const jobId = { name: 'jobId', in: 'path', required: true, description: 'The job', schema: uuid }
const unknown = { '404': refused('Nobody accepted such a job, or it was erased') }
const always = {
  '401': refused('The API key is missing or wrong, where keys are asked for'),
  '429': refused('Too many requests'),
  '503': refused('Kafka, the store or the database cannot answer: come again after Retry-After')
}

const entry = {
  location: nullable(text),
  start_date: nullable(text),
  end_date: nullable({ type: 'string', description: 'YYYY-MM or YYYY; null while it lasts' })
}

const schemas: Readonly<Record<string, Schema>> = {
  Upload: object(
    {
      file: { type: 'string', format: 'binary', description: 'PDF, DOCX, DOC, RTF or text' },
      priority,
      webhook_url: { type: 'string', format: 'uri', description: 'Told by POST when the job has ended' },
      webhook_secret: {
        type: 'string',
        description: 'Signs the callback: X-Signature, hex HMAC-SHA256 of the body'
      }
    },
    ['file']
  ),
  Accepted: object({
    job_id: uuid,
    status: { const: 'queued' },
    priority,
    estimated_wait: { type: 'string', examples: ['30s'] },
    webhook_configured: { type: 'boolean' }
  }),
  Job: object(
    {
      job_id: uuid,
      status: { type: 'string', enum: ['pending', 'running', 'done', 'failed', 'cancelled'] },
      priority,
      position_in_queue: { type: 'integer', minimum: 1, description: 'While pending' },
      started_at: { ...time, description: 'While running' },
      result: ref('Result'),
      error: nullable({ type: 'string', description: 'Once failed' }),
      error_code: nullable(text)
    },
    ['job_id', 'status', 'priority']
  ),
  Result: object({
    job_id: uuid,
    file_name: text,
    processing_time: { type: 'number', description: 'Seconds' },
    parsed_at: time,
    data: ref('Cv')
  }),
  Cv: object(
    {
      personal_info: { type: 'object' },
      skills: { type: 'array', items: text },
      experience: listOf({
        title: nullable(text),
        company: nullable(text),
        ...entry,
        description: nullable(text)
      }),
      education: listOf({ degree: nullable(text), institution: nullable(text), ...entry }),
      languages: listOf({ language: text, level: nullable(text) })
    },
    []
  ),
  Callback: object(
    {
      job_id: uuid,
      status: { type: 'string', enum: ['done', 'failed'] },
      timestamp: { type: 'integer', description: 'Seconds since 1970' },
      data: ref('Cv'),
      error: nullable(text)
    },
    ['job_id', 'status', 'timestamp']
  ),
  Removed: object(
    { job_id: uuid, status: { enum: ['cancelled', 'erased'] }, removed: { type: 'array', items: text } },
    ['job_id', 'status']
  ),
  Refusal: object({ detail: { type: 'string', description: 'A sentence, French or English' }, code: text })
}

const queue: Operation = {
  summary: 'Take a CV in',
  parameters: [
    {
      name: 'Idempotency-Key',
      in: 'header',
      description: 'The same key is the same job',
      schema: { type: 'string', maxLength: 128 }
    }
  ],
  requestBody: { required: true, content: { 'multipart/form-data': { schema: ref('Upload') } } },
  responses: {
    '200': json('Accepted: the file and its job are durable', ref('Accepted')),
    '400': refused('The form or the Idempotency-Key is not as it should be'),
    '413': refused('The file is larger than MAX_CONTENT_LENGTH'),
    '415': refused('Not a form, or a file of a type that is not read'),
    '422': refused('A field is missing or wrong, or the file is refused'),
    ...always
  },
  callbacks: {
    ended: {
      '{$request.body#/webhook_url}': {
        post: {
          summary: 'The job has ended; X-Signature and the headers of Standard Webhooks sign it',
          requestBody: { content: { 'application/json': { schema: ref('Callback') } } },
          responses: { '2XX': { description: 'Taken; anything else is tried again' } }
        }
      }
    }
  }
}

const result: Operation = {
  summary: 'How a job stands, and what was read',
  parameters: [
    jobId,
    {
      name: 'wait',
      in: 'query',
      description: 'Seconds to wait for its end, up to 60',
      schema: { type: 'integer' }
    },
    { name: 'format', in: 'query', description: 'jsonresume for jsonresume.org/schema', schema: text }
  ],
  responses: { '200': json('The job', ref('Job')), ...unknown, ...always }
}

const follow: Operation = {
  summary: 'The same by server-sent events, whenever it changes, until the end',
  parameters: [jobId],
  responses: {
    '200': { description: 'One event a state', content: { 'text/event-stream': { schema: text } } },
    ...unknown,
    ...always
  }
}

const remove: Operation = {
  summary: 'Cancel a pending job, or erase one that ended',
  parameters: [jobId],
  responses: {
    '200': json('What was done', ref('Removed')),
    ...unknown,
    '409': refused('It is running: wait for its end'),
    ...always
  }
}

/** What the CV service answers, as an OpenAPI 3.1 document; a test holds its routes and answers to it. */
export const openApi = {
  openapi: '3.1.0',
  info: {
    title: 'CV service',
    version: '1',
    description: 'Takes CVs, reads them in the order of three lanes, keeps the results and tells callers.'
  },
  paths: {
    '/api/queue': { post: queue },
    '/api/result/{jobId}': { get: result },
    '/api/jobs/{jobId}/events': { get: follow },
    '/api/jobs/{jobId}': { delete: remove }
  } as Readonly<Record<string, Readonly<Record<string, Operation>>>>,
  components: {
    schemas,
    securitySchemes: { key: { type: 'http', scheme: 'bearer' } }
  },
  security: [{}, { key: [] }]
}

/** The document as a page for people, without any script. */
export function docsPage(): string {
  const operations = Object.entries(openApi.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) =>
      section(`${method.toUpperCase()} ${path}`, operation)
    )
  )
  const shapes = Object.entries(schemas).map(
    ([name, schema]) => `<h3 id="${name}">${name}</h3><pre>${escaped(JSON.stringify(schema, null, 2))}</pre>`
  )
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${openApi.info.title}</title>
<h1>${openApi.info.title}</h1><p>${openApi.info.description} For programs: <a href="/openapi.json">/openapi.json</a>.</p>
<pre>curl -F "file=@cv.pdf" -F "priority=premium" http://127.0.0.1:5051/api/queue</pre>
${operations.join('\n')}<h2>Shapes</h2>${shapes.join('\n')}</html>\n`
}

function section(title: string, { summary, parameters = [], requestBody, responses }: Operation): string {
  const rows = parameters.map((one) => row(`${one.name} (${one.in})`, one.description))
  const fields = requestBody ? '<p>A form: <a href="#Upload">Upload</a>.</p>' : ''
  const answers = Object.entries(responses).map(([status, { description }]) => row(status, description))
  return `<h2>${escaped(title)}</h2><p>${escaped(summary)}.</p>${fields}<dl>${[...rows, ...answers].join('')}</dl>`
}

const row = (term: string, says: string) => `<dt><code>${escaped(term)}</code></dt><dd>${escaped(says)}</dd>`
const escaped = (plain: string) => plain.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
