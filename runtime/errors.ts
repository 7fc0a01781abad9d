/** What the runner does: set the record aside, try again, or stop the pipeline. */
export type Verdict = 'record' | 'transient' | 'fatal'

interface ErrorEntry {
  readonly verdict: Verdict
  /** One sentence for docs/generated/errors.md: what it means and what to do. */
  readonly doc: string
}

/** Every error the platform raises; docs/generated/errors.md is made from it. */
export const errorTable = {
  BATCH_UNREADABLE: {
    verdict: 'record',
    doc: 'A whole batch of a topic cannot be decompressed or taken apart, or holds more than 32 MiB or 250,000 records. It is in the dead-letter topic as it lies in the log, with its first and last offset, and its records were passed; correct its sender and have them sent again.'
  },
  CALL_REFUSED: {
    verdict: 'record',
    doc: 'A service that is called refuses the request for good (a 4xx answer). The record is in the dead-letter topic; correct the address, the key or the service and replay it.'
  },
  CLOCK_AHEAD: {
    verdict: 'fatal',
    doc: "This machine's clock runs an hour or more ahead of Kafka's, which takes no records from the future. Nothing is lost; set the clocks right (NTP), and the pipeline goes on when it is started again."
  },
  CLAIM_MISSING: {
    verdict: 'record',
    doc: 'The claim store no longer has a content that a record refers to. The record is in the dead-letter topic; have the source send it again, for applications with `courant applications backfill`.'
  },
  CONFIG_INVALID: {
    verdict: 'fatal',
    doc: 'Settings are missing or wrong; every bad key is listed. Correct them and start again.'
  },
  DELETES_REFUSED: {
    verdict: 'fatal',
    doc: 'So many rows are gone from the source that they were not marked as deleted. Everything else was merged. See whether the source is the right one and whole; the message says how to confirm.'
  },
  DOCUMENT_REFUSED: {
    verdict: 'record',
    doc: 'A document is empty, too large, of another type, damaged, protected, hostile or without text; the message says which. Whoever sent it sends another one.'
  },
  EXPORT_MISSING: {
    verdict: 'record',
    doc: 'The export that this record waits for was set aside itself. Replay that dead letter first, then this one.'
  },
  FILE_REFUSED: {
    verdict: 'record',
    doc: 'A dropped file is empty, no table, damaged, protected, unsafe or unlike its contract; the message says which and what to do. Whoever made it drops another one.'
  },
  GOLD_DIFFERS: {
    verdict: 'fatal',
    doc: 'Gold is not what its models give from Silver. Rows not read yet explain it while the pipelines run; otherwise rebuild those days with `courant gold rebuild`.'
  },
  GOLD_REFUSED: {
    verdict: 'fatal',
    doc: 'A day of Gold fails a check: the message says which. The figures in the database are new, the file of that day in the lake is the one before. Nothing a source holds should lead there: report it with the message.'
  },
  GOLD_UNCOMPUTABLE: {
    verdict: 'record',
    doc: 'The figures of a day of a user cannot be computed from what was kept of it. That day has none until one of its rows changes or Gold is started again; `quality.uncomputed` of analytics.duckdb lists it with the kind of error, and everything else goes on. Nothing a source holds should lead there: report it.'
  },
  KEY_INVALID: {
    verdict: 'fatal',
    doc: 'Rows at the source have no key, or share one, so that they cannot be merged. Correct the rows, or PrimaryKeyCols in config.ETL_Tables.'
  },
  ODBC_MISSING: {
    verdict: 'fatal',
    doc: 'The optional ODBC module or driver is not installed; the message has the commands.'
  },
  LOG_UNREADABLE: {
    verdict: 'fatal',
    doc: 'Brokers answer, but give nothing of a partition that has records, or only damaged ones. Nothing was skipped. The message names topic, partition and offset; the runbook says how to mend or to pass them.'
  },
  OFFSET_FENCED: {
    verdict: 'fatal',
    doc: 'Another process has taken over this table of the ODS while this one still worked on it. Nothing was written; see that the table is loaded by one process at a time.'
  },
  OFFSET_LOST: {
    verdict: 'fatal',
    doc: 'The position lies outside the log: records were deleted before they were read, or the topic was made anew. Decide with `courant lag` and the runbook; nothing was skipped.'
  },
  PREREQUISITE_MISSING: {
    verdict: 'fatal',
    doc: 'A program this machine needs is missing; the message has the command that installs it.'
  },
  RECORD_INVALID: {
    verdict: 'record',
    doc: 'A value does not have the shape of its topic. It is in the dead-letter topic; correct the sender or the schema and replay it.'
  },
  RECORD_TOO_LARGE: {
    verdict: 'record',
    doc: 'A record is larger than the topic accepts. It is in the dead-letter topic, above 8 MiB without its value. Pass large content by reference, or raise max.message.bytes of the topic, and have the source send the record again.'
  },
  REGISTRY_MISMATCH: {
    verdict: 'fatal',
    doc: 'What COURANT_REGISTRY_URL names is no schema registry, or one without the schemas of our topics: another one, or one that lost its store. Nothing was set aside; correct the address, or restore the store.'
  },
  REGISTRY_UNAVAILABLE: { verdict: 'transient', doc: 'The schema registry does not answer; tried again.' },
  RUN_INCOMPLETE: {
    verdict: 'fatal',
    doc: 'A run of an ERP table ended before its end marker, or read other rows than the source counts. Nothing of it was merged; the message names what is bad. Load the table again.'
  },
  RUN_REFUSED: {
    verdict: 'fatal',
    doc: 'The ODS refuses what lies in a run of an ERP table: its columns, their number, width or names, KeepHistory, or a key. The run was given up and the next one has its turn; the message has the reason of the database in words.'
  },
  SCHEMA_INCOMPATIBLE: {
    verdict: 'fatal',
    doc: 'A schema change breaks readers of older data. Make the field optional or add a new one.'
  },
  SCHEMA_INVALID: {
    verdict: 'fatal',
    doc: "A table's .avsc file or the list of tables is wrong. The message names the file, the field and what may stand there."
  },
  SCHEMA_MISSING: { verdict: 'fatal', doc: 'A schema is not registered. Run `courant topics apply`.' },
  SCHEMA_UNKNOWN: {
    verdict: 'record',
    doc: 'A record names a schema id that the registry does not know, or that is none of its topic, though it has others of the topic; it is in the dead-letter topic.'
  },
  SERVER_NOT_READY: {
    verdict: 'fatal',
    doc: 'A local server did not start; the message has its last log lines and where the log is.'
  },
  SINK_BEHIND: {
    verdict: 'fatal',
    doc: 'What a sink has ends before what its consumer group has read, and the records between cannot be read again, or it was put back to an earlier state while it was written. Nothing was skipped; the message has the offsets, and the runbook says how to go on.'
  },
  SILVER_BEHIND: {
    verdict: 'fatal',
    doc: 'Silver lacks changes that Gold has read, so that Gold cannot be compared with it or rebuilt from it yet. Nothing was changed; run the Silver pipelines that the message names until they have caught up.'
  },
  SKIPPED: {
    verdict: 'record',
    doc: 'Somebody had a pipeline pass this record with `courant topics skip`, for the reason in the message. It is in the dead-letter topic and can be replayed, unless it could not be read.'
  },
  SOURCE_REFUSED: {
    verdict: 'fatal',
    doc: 'The source refuses us for good (credentials, missing table or column, rights). Correct it and start again.'
  },
  SOURCE_UNAVAILABLE: {
    verdict: 'transient',
    doc: 'The source does not answer, or the query was cancelled or timed out; tried again.'
  },
  STATE_UNUSABLE: {
    verdict: 'fatal',
    doc: "A poller's own state cannot be read or written: the disc is full, another process holds it, a newer version wrote it, or the table has had another key since. Correct that and start again; moving the file away takes a new snapshot, which repeats but loses nothing."
  },
  TARGET_FULL: {
    verdict: 'fatal',
    doc: 'A disc of the target, of the Parquet cache or of temporary files is full. Nothing is half-written; make room and start again.'
  },
  TARGET_REFUSED: {
    verdict: 'fatal',
    doc: 'The target refuses us for good (credentials, missing bucket or table, rights). Correct it and start again.'
  },
  TARGET_UNAVAILABLE: { verdict: 'transient', doc: 'The target does not answer or is busy; tried again.' },
  TOPIC_MISSING: { verdict: 'fatal', doc: 'A topic does not exist. Run `courant topics apply`.' },
  TOPIC_REPLACED: {
    verdict: 'fatal',
    doc: 'A topic was deleted and made anew, or Kafka is another cluster, so that its offsets are no longer those that the data was stored with. Nothing was skipped; the runbook says how to go on with the new topic.'
  },
  TOPICS_REFUSED: {
    verdict: 'fatal',
    doc: 'Kafka refuses us for good (credentials, rights, configuration). Correct it and start again.'
  },
  TOPICS_UNAVAILABLE: { verdict: 'transient', doc: 'Kafka does not acknowledge; tried again.' },
  VALUE_UNFIT: {
    verdict: 'fatal',
    doc: 'A value of a run does not fit the type of its column. Nothing of the run is in the ODS; correct it at the source, select it by a SourceExpression or exclude the column in config.ETL_Columns.'
  },
  VALUE_UNREADABLE: {
    verdict: 'record',
    doc: 'PostgreSQL cannot give a value as it is asked for (an SQLSTATE of class 22, or of kin), such as \\u0000 within json. Its row is set aside once, with its key, and its neighbours are read without it; the message names what is known of the place. Correct the value at the source: a row that changes is read again.'
  },
  WIDTH_EXCEEDED: {
    verdict: 'fatal',
    doc: 'A value is wider than the SQL width of its OpenEdge column, so that SQL refuses or cuts it. Correct the width with dbtool (SQL Width & Date Scan with Fix Option).'
  }
} as const satisfies Record<string, ErrorEntry>

export type ErrorCode = keyof typeof errorTable

/** The one error class: a code of the table, a sentence that says what to do, its cause, and details free of personal data. */
export class CourantError extends Error {
  override readonly name = 'CourantError'
  readonly code: ErrorCode
  readonly details: Readonly<Record<string, unknown>>

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; details?: Record<string, unknown> } = {}
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : {})
    this.code = code
    this.details = options.details ?? {}
  }

  get verdict(): Verdict {
    return errorTable[this.code].verdict
  }
}

/** An error that we did not raise is a bug until somebody classifies it, so it stops the pipeline. */
export function verdictOf(error: unknown): Verdict {
  return error instanceof CourantError ? error.verdict : 'fatal'
}
