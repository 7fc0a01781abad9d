/** Invented people; e-mails end in example.com (RFC 2606). Some names have letters that NFD takes apart. */
export const firstNames = [
  'Ada',
  'André',
  'Béatrice',
  'Bilal',
  'Chloé',
  'Dario',
  'Elif',
  'Émile',
  'Farah',
  'Gaël',
  'Hana',
  'Inès',
  'Jonas',
  'Käthe',
  'Léa',
  'Malik',
  'Nadia',
  'Noël',
  'Océane',
  'Pavel',
  'Quentin',
  'Rosa',
  'Søren',
  'Tomás',
  'Ugo',
  'Vera',
  'Wim',
  'Xenia',
  'Yara',
  'Zoé'
] as const

export const lastNames = [
  'Albrecht',
  'Benoît',
  'Carvalho',
  'Dubreuil',
  'Eriksen',
  'Fontaine',
  'García',
  'Hübner',
  'Ito',
  'Jansen',
  'Kowalski',
  'Lefèvre',
  'Moreau',
  'Nguyen',
  'Okafor',
  'Petit',
  'Quispe',
  'Rossi',
  'Sørensen',
  'Traoré',
  'Ünal',
  'Vasquez',
  'Weiß',
  'Xu',
  'Yilmaz',
  'Żak'
] as const

export const impossibleEmails = [
  'no-at-sign.example.com',
  'two@@example.com',
  'a b@example.com',
  '@example.com',
  'nobody@'
] as const

export const groupTopics = [
  'Randonnée',
  'Board games',
  'Cinéma',
  'Choir',
  'Photography',
  'Running',
  'Cooking',
  'Chess',
  'Gardening',
  'Astronomy'
] as const
export const places = ['Lyon', 'Genève', 'Liège', 'Nantes', 'Porto', 'Graz', 'Malmö', 'Gdańsk'] as const
export const activityTypes = ['meetup', 'workshop', 'concert', 'hike', 'dinner'] as const
export const activityStates = ['planned', 'confirmed', 'cancelled', 'done'] as const

export const sentences = [
  'See you at eight.',
  'Qui apporte le café ?',
  'The path was muddy, but the view made up for it.',
  'Can someone send the photos?',
  'Rendez-vous devant la gare à 9h.',
  'I am in!',
  'Sorry, running late, start without me.',
  'C’était une très belle soirée, merci à tous.',
  'Next week, same place?',
  'He said "bring two, not three", so I did;\nthat was wrong.'
] as const

export const notificationTexts = [
  'You have a new message',
  'A friend joined your group',
  'Your order has shipped',
  'An activity near you starts soon',
  'Your weekly summary is ready',
  'Someone liked your photo',
  'A seat is free: sign up now',
  'Price drop on an item you follow'
] as const

export const productTypes = ['ticket', 'membership', 'book', 'gift_card', 'equipment', null] as const
export const currencies = ['EUR', 'EUR', 'EUR', 'USD', 'GBP', 'CHF'] as const
export const unknownCurrencies = ['XBT', 'ZZZ', 'eu'] as const

export const activeEvents = ['page_view', 'search', 'click', 'like'] as const
export const freshStates = ['sent', 'delivered'] as const
export const reachedStates = ['read', 'opened', 'clicked', 'dismissed'] as const
