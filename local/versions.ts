/** The one place where the versions of the local servers are pinned. */
export const versions = {
  kafka: '4.3.1',
  /** Binds Kafka's logging; without it the broker is silent. */
  log4jSlf4j: '2.25.4',
  /** The last line that runs on JDK 17. */
  apicurio: '3.0.9',
  cassandra: '5.0.9',
  postgres: '17.10.0-beta.17',
  /** RELEASE.2026-02-12: the newest there is, the project is archived. */
  minio: 'v0.0.0-20260212201848-7aac2a2c5b7c',
  /** Only where the machine has no Go of its own that is new enough. */
  go: '1.26.3',
  azurite: '3.35.0',
  /** Later ones refuse Apicurio, whose parent POM was never published. */
  mavenDependencyPlugin: '2.8'
} as const
