import type { HealthTexts } from './sentences.ts'

const pipelines = (count: number) => (count === 1 ? '1 pipeline' : `${count} pipelines`)

export const english: HealthTexts = {
  levels: {
    fails: 'fails',
    stands: 'stands still',
    behind: 'behind',
    unknown: 'unknown',
    keepsUp: 'keeps up'
  },
  servers: {
    kafka: 'Kafka',
    registry: 'the schema registry',
    source: 'its source',
    target: 'what it writes to',
    other: 'something it needs'
  },
  reasons: {
    failed: ({ code, advice }) => `It failed (${code}) and is not started again by itself. ${advice}`,
    restarts: ({ code, advice }) => `It failed (${code}) and is started again now and then. ${advice}`,
    stopped: () => 'It was stopped.',
    outOfReach: ({ code, server, time }) =>
      `It has waited ${time} for ${server} (${code}) and goes on by itself once that answers. If it does answer others, the log says what it told us.`,
    neverStarted: ({ time }) => `It has been starting for ${time} without a first batch: see its log.`,
    starting: () => 'It has not had a first batch yet.',
    noBatch: ({ time }) => `It has not finished a look at its source for ${time}: see its log.`,
    silent: ({ time }) => `Its process has said nothing for ${time}: see whether it still runs, and its log.`,
    nobodyReads: () => 'Records wait and nobody reads them: start it with `courant run`.',
    noProgress: ({ time }) =>
      `It is ${time} behind and has committed nothing since it is watched: see its log and its CPU.`,
    gathering: ({ time, promise }) =>
      `It is ${time} behind (promised: ${promise}) and gathers rows of a backlog in memory for larger files.`,
    rewound: ({ time, promise }) =>
      `Its committed offset went back, and it is ${time} behind (promised: ${promise}): somebody reset the group.`,
    fallsBack: ({ time, promise }) =>
      `It is ${time} behind (promised: ${promise}) and not catching up: give it CPU, or a process of its own.`,
    catchesUp: ({ time, promise }) => `It is ${time} behind (promised: ${promise}) and catching up.`,
    late: ({ time, promise }) => `It is ${time} behind (promised: ${promise}).`,
    lagUnknown: ({ time }) =>
      time === ''
        ? 'Kafka has not told yet how far it is behind.'
        : `Kafka told ${time} ago how far it is behind, and not since: what is shown is of then.`,
    ageUnknown: () => 'Records wait, and how old they are could not be read.',
    inTime: () => ''
  },
  notices: {
    deletesRefused: (amount, name) =>
      `${amount} deletes are not carried out, as so many rows are gone from the source at once. See whether it is the right one and whole; if they were meant, start again with COURANT_CONFIRM_DELETES=${name}.`,
    deadLetters: (amount, name) =>
      `${amount} records that were set aside wait for somebody: \`courant dlq show ${name}\`.`,
    notComputed: (amount) => `${amount} days of users have no figures, as the models cannot compute them.`,
    shownBehind: (amount) =>
      `What analysts see of a table may be ${amount} old: see the log for what keeps it from being published.`
  },
  counts: {
    fails: (count) => `${pipelines(count)} ${count === 1 ? 'fails' : 'fail'}`,
    stands: (count) => `${pipelines(count)} ${count === 1 ? 'stands' : 'stand'} still`,
    behind: (count) => `${pipelines(count)} ${count === 1 ? 'is' : 'are'} behind what is promised`,
    unknown: (count) => `${pipelines(count)} ${count === 1 ? 'is' : 'are'} in an unknown state`,
    keepsUp: (count) => `${pipelines(count)} ${count === 1 ? 'keeps' : 'keep'} up`
  },
  allWell: (count) => (count === 1 ? 'The only pipeline keeps up.' : `All ${pipelines(count)} keep up.`),
  none: 'No pipeline runs here.',
  and: '; ',
  but: 'Have a look at',
  advice: () => 'The last lines of its log say what to do.'
}
