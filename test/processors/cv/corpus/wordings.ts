/** What people write above the parts of a CV. */
export interface Wording {
  readonly summary: string
  readonly experience: string
  readonly education: string
  readonly skills: string
  readonly languages: string
  readonly interests: string
  readonly certs: string
  readonly volunteer: string
  readonly referee: string
  readonly contact: string
}

const keys = 'summary experience education skills languages interests certs volunteer referee contact'.split(
  ' '
)

const wording = (line: string) =>
  Object.fromEntries(line.split(' | ').map((text, at) => [keys[at], text])) as unknown as Wording

export const wordings = {
  plain: wording(
    'Profil | Expériences professionnelles | Formation | Compétences | Langues | Centres d’intérêt | Certifications | Bénévolat | Références | Contact'
  ),
  capitals: wording(
    'PROFIL | EXPERIENCES PROFESSIONNELLES | FORMATIONS | COMPETENCES | LANGUES | LOISIRS | HABILITATIONS | ENGAGEMENT ASSOCIATIF | REFERENCES | COORDONNEES'
  ),
  mine: wording(
    'Qui suis-je ? | Mon parcours | Mes formations | Mes atouts | Mes langues | Mes passions | Mes habilitations | Mes engagements | Mes références | Me joindre'
  ),
  formal: wording(
    'Présentation | Parcours professionnel | Formations & diplômes | Domaines de compétences | Langues étrangères | Activités extra-professionnelles | Certificats et habilitations | Vie associative | Personnes de référence | État civil'
  ),
  modern: wording(
    'À propos | Expériences | Diplômes | Savoir-faire | Langues parlées | Et aussi… | Certifications & permis | Bénévolat | Recommandations | Contact'
  ),
  quebec: wording(
    'Sommaire | Expérience de travail | Formation académique | Connaissances et aptitudes | Langues | Loisirs et intérêts | Attestations et permis | Implication bénévole | Références | Coordonnées'
  ),
  swiss: wording(
    'En bref | Activités professionnelles | Formation et perfectionnement | Connaissances | Connaissances linguistiques | Hobbies | Cours et certificats | Engagements | Références | Données personnelles'
  ),
  african: wording(
    'Résumé du profil | Expériences professionnelles et stages | Cursus scolaire et universitaire | Aptitudes et compétences | Langues parlées | Divers | Attestations | Activités associatives | Personnes à contacter | Identification'
  ),
  stages: wording(
    'Accroche | Expériences significatives | Études | Compétences clés | Niveaux de langues | Centres d’intérêts | Formations complémentaires | Engagement | Références professionnelles | Infos'
  ),
  short: wording(
    'Mon profil | Parcours | Parcours scolaire | Points forts | Langues | Intérêts | Permis et habilitations | Associations | Références | Contact'
  ),
  lived: wording(
    'En quelques mots | Expériences vécues | Bagage scolaire | Ce que je sais faire | Langues | En dehors du travail | Permis, certificats | Pour les autres | Ils parlent de moi | Où me trouver'
  )
} satisfies Record<string, Wording>
export type WordingName = keyof typeof wordings
