import type { HealthTexts } from './sentences.ts'

const pipelines = (count: number) => (count === 1 ? '1 pipeline' : `${count} pipelines`)
const plural = (count: number, one: string, many: string) => `${pipelines(count)} ${count === 1 ? one : many}`

export const french: HealthTexts = {
  levels: {
    fails: 'en échec',
    stands: 'à l’arrêt',
    behind: 'en retard',
    unknown: 'inconnu',
    keepsUp: 'à jour'
  },
  servers: {
    kafka: 'Kafka',
    registry: 'le registre de schémas',
    source: 'sa source',
    target: 'sa destination',
    other: 'un service dont il a besoin'
  },
  reasons: {
    failed: ({ code, advice }) => `Il a échoué (${code}) et n’est pas relancé tout seul. ${advice}`,
    restarts: ({ code, advice }) => `Il a échoué (${code}) et est relancé de temps en temps. ${advice}`,
    stopped: () => 'Il a été arrêté.',
    outOfReach: ({ code, server, time }) =>
      `Il attend ${server} depuis ${time} (${code}) et reprendra seul dès que la réponse viendra. Si d’autres obtiennent une réponse, le journal dit ce qui nous a été répondu.`,
    neverStarted: ({ time }) => `Il démarre depuis ${time} sans premier lot : voir son journal.`,
    starting: () => 'Il n’a pas encore eu de premier lot.',
    noBatch: ({ time }) => `Il n’a terminé aucune lecture de sa source depuis ${time} : voir son journal.`,
    silent: ({ time }) =>
      `Son processus n’a rien dit depuis ${time} : voir s’il tourne encore, et son journal.`,
    nobodyReads: () => 'Des enregistrements attendent et personne ne les lit : lancer `courant run`.',
    noProgress: ({ time }) =>
      `Il a ${time} de retard et n’a rien validé depuis qu’on l’observe : voir son journal et son processeur.`,
    gathering: ({ time, promise }) =>
      `Il a ${time} de retard (promis : ${promise}) et rassemble en mémoire les lignes d’un arriéré pour de plus grands fichiers.`,
    rewound: ({ time, promise }) =>
      `Sa position validée a reculé, et il a ${time} de retard (promis : ${promise}) : quelqu’un a réinitialisé le groupe.`,
    fallsBack: ({ time, promise }) =>
      `Il a ${time} de retard (promis : ${promise}) et ne le rattrape pas : lui donner du processeur, ou un processus à lui.`,
    catchesUp: ({ time, promise }) => `Il a ${time} de retard (promis : ${promise}) et le rattrape.`,
    late: ({ time, promise }) => `Il a ${time} de retard (promis : ${promise}).`,
    lagUnknown: ({ time }) =>
      time === ''
        ? 'Kafka n’a pas encore dit quel est son retard.'
        : `Kafka a dit son retard il y a ${time}, et plus depuis : ce qui est affiché date d’alors.`,
    ageUnknown: () => 'Des enregistrements attendent, et leur âge n’a pas pu être lu.',
    inTime: () => ''
  },
  notices: {
    deletesRefused: (amount, name) =>
      `${amount} suppressions ne sont pas effectuées, car autant de lignes ont disparu d’un coup de la source. Vérifier que c’est la bonne et qu’elle est entière ; si elles sont voulues, relancer avec COURANT_CONFIRM_DELETES=${name}.`,
    deadLetters: (amount, name) =>
      `${amount} enregistrements mis de côté attendent quelqu’un : \`courant dlq show ${name}\`.`,
    notComputed: (amount) =>
      `${amount} journées d’utilisateurs n’ont pas de chiffres, car les modèles ne peuvent pas les calculer.`,
    shownBehind: (amount) =>
      `Ce que les analystes voient d’une table peut dater d’il y a ${amount} : le journal dit ce qui empêche de la publier.`
  },
  counts: {
    fails: (count) => plural(count, 'est en échec', 'sont en échec'),
    stands: (count) => plural(count, 'est à l’arrêt', 'sont à l’arrêt'),
    behind: (count) => plural(count, 'est plus en retard que promis', 'sont plus en retard que promis'),
    unknown: (count) => `${pipelines(count)} dans un état inconnu`,
    keepsUp: (count) => plural(count, 'est à jour', 'sont à jour')
  },
  allWell: (count) => (count === 1 ? 'Le seul pipeline est à jour.' : `Les ${pipelines(count)} sont à jour.`),
  none: 'Aucun pipeline ne tourne ici.',
  and: '\u00a0; ',
  but: 'À regarder :',
  advice: (code) =>
    code === ''
      ? 'Les dernières lignes de son journal disent que faire.'
      : 'Les dernières lignes de son journal disent que faire, et docs/generated/errors.md ce que veut dire le code.'
}
