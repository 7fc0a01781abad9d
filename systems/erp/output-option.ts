import { Option } from 'commander'

/** How a verb answers: sentences and columns for people, or JSON for machines. */
export type Output = 'human' | 'json'

/** `--output human|json`, as every etl verb has it. */
export const outputOption = (): Option =>
  new Option('--output <form>', 'answer for people or for machines')
    .choices(['human', 'json'])
    .default('human')
