/** The numbers of Kafka's record batch, version 2: https://kafka.apache.org/documentation/#recordbatch */
export const batchLayout = {
  headerBytes: 61,
  lengthAt: 8,
  magicAt: 16,
  crcAt: 17,
  /** The checksum covers everything from here. */
  attributesAt: 21,
  magic: 2,
  codecMask: 0x07,
  logAppendTimeFlag: 0x08,
  transactionalFlag: 0x10,
  controlFlag: 0x20
} as const
