/** What an invented applicant may write, in the language of the people who use such a system. */
export const posts = [
  'Technicien réseau',
  'Comptable',
  'Ingénieure hydraulique',
  'Chargée de clientèle',
  'Chef d’équipe maintenance',
  'Data analyst',
  'Juriste'
] as const

export const experiences = [
  '3 ans',
  '5',
  '10 ans et plus',
  '18 mois',
  'Débutant',
  '7 years',
  '2,5 ans'
] as const

export const towns = ['Libreville', 'Port-Gentil', 'Franceville', 'Oyem', 'Lambaréné', 'Moanda'] as const

export const companies = ['Exemple Énergie', 'Exemple Conseil', 'Société Modèle', 'Atelier Démo'] as const

export const skills = [
  'Excel',
  'SQL',
  'Gestion de projet',
  'Maintenance préventive',
  'Relation client',
  'AutoCAD',
  'Python',
  'Comptabilité générale',
  'Anglais',
  'Hydraulique'
] as const

export const degrees = ['Licence', 'Master', 'BTS', 'Diplôme d’ingénieur'] as const

export const statuses = ['candidature', 'incubation', 'embauche', 'refuse'] as const

export const offers = [
  {
    title: 'Analyste de données',
    description: 'SQL, Python et Excel au service de l’exploitation ; relation client interne.'
  },
  {
    title: 'Responsable maintenance',
    description: 'Maintenance préventive des installations, gestion de projet, hydraulique, AutoCAD.'
  },
  {
    title: 'Comptable',
    description: 'Comptabilité générale, clôtures mensuelles, Excel avancé ; anglais apprécié.'
  }
] as const

export const questions = {
  metier: [
    'Décrivez une mission réussie.',
    'Quels outils maîtrisez-vous ?',
    'Quel résultat chiffré citez-vous ?'
  ],
  talent: ['Qu’apportez-vous à une équipe ?', 'Comment gérez-vous un désaccord ?'],
  paradigme: ['Qu’est-ce qui vous motive ?', 'Comment voyez-vous ce métier dans dix ans ?']
} as const

export const answers = [
  'J’ai réduit les pannes d’un tiers en une année.',
  'J’écoute d’abord, puis je propose.',
  'Le service rendu aux usagers.',
  'Un tableau de bord suivi chaque semaine par toute l’équipe.',
  'Former ceux qui arrivent : c’est ainsi que l’on apprend soi-même.',
  'Je préfère les faits aux opinions, et une décision à un report.'
] as const
