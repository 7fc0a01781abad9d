import { installPython, runs, whyNoPython } from '../../support/python.ts'

const pyspark = '4.0.1'

/** Why Spark cannot run here, or null when it can. */
export function whyNoSpark(): string | null {
  return whyNoPython() ?? (runs('java', ['-version']) ? null : 'Java is missing')
}

/** A Python that has Spark, downloaded once (430 MB) into the cache; gives the path of its program. */
export const installSpark = (report: (line: string) => void): Promise<string> =>
  installPython(`spark-${pyspark}`, [`pyspark==${pyspark}`], report)
