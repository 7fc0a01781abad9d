/** A CV of an invented person, as text. */
export const sampleCv = `Claire MABIGNATH
Infirmière diplômée d'État
Nantes
Tél : 06 39 98 12 07
Courriel : claire.mabignath@example.com

PROFIL
Infirmière depuis dix ans en chirurgie, attachée à l'écoute des patients.

EXPÉRIENCE PROFESSIONNELLE

Depuis septembre 2018 : Infirmière en chirurgie
CHU de Nantes (Nantes)
- Prise en charge de quatorze lits
- Encadrement des étudiants

Octobre 2014 - août 2018 : Infirmière en soins palliatifs
Clinique Jules Verne (Nantes)
- Accompagnement des patients

FORMATION
2011 - 2014 : Diplôme d'État d'infirmier, IFSI de Nantes

COMPÉTENCES
- Pose de perfusions
- Travail en équipe

LANGUES
Français : langue maternelle
Anglais : B1
`
