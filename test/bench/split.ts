/** How the runbook says to split the pipelines over processes: names by what a process does. */
export const split: Readonly<Record<string, readonly string[]>> = {
  producers: ['postgres.*', 'cassandra.*'],
  cleaning: ['clean-*'],
  Bronze: ['bronze.*'],
  Silver: ['silver.*'],
  Gold: ['gold']
}
