import { claimApplicationDocuments, claimingPipeline } from '../../processors/claim-application-documents.ts'
import { curateApplications } from '../../processors/curate-applications.ts'
import { applicationSource } from '../../producers/applications/application-source.ts'
import { applicationsProducer } from '../../producers/applications/index.ts'
import { databaseUrl } from '../../producers/applications/settings.ts'
import { fileColumns } from '../../sinks/azure-blob/features/feature-rows.ts'
import { rawExporter } from '../../sinks/azure-blob/function-calls.ts'
import { azureSinks } from '../../sinks/azure-blob/index.ts'
import { topicList } from '../../topics/catalogue.ts'
import type { SystemParts } from '../system.ts'
import { applicationRoutes } from './application-routes.ts'
import { webhookSecret } from './webhook-settings.ts'

/** An application is exported once its documents are claimed and its raw blobs are there. */
const unexported = 'oldest_unexported_application_seconds'

/** What the system of job applications is made of. */
export const applicationsParts = (name: string): SystemParts => ({
  switches: [databaseUrl, webhookSecret],
  topics: topicList.filter(({ owner }) => owner === name),
  pipelines: [
    applicationsProducer,
    claimApplicationDocuments(applicationSource),
    curateApplications,
    ...azureSinks
  ],
  routes: applicationRoutes,
  ageGauges: { [claimingPipeline]: unexported, [rawExporter]: unexported },
  servers: ['azurite'],
  pages: {
    'application-features': {
      title: 'Features of job applications',
      heading: ['column', 'type', 'what it is'],
      rows: fileColumns.map(({ name: column, type, describe }) => [`\`${column}\``, type, describe])
    }
  }
})
