const guesses: readonly (readonly [RegExp, string])[] = [
  [/e_?mail/i, 'email'],
  [/phone|mobile|(^|_)(tel|fax)($|_)/i, 'phone'],
  [/(first|last|full|sur|fore|given|family|maiden|user|nick|display)_?name|^nom$|prenom/i, 'name'],
  [/address|street|(^|_)(zip|postal|postcode)/i, 'address'],
  [/birth|(^|_)dob($|_)|naissance/i, 'birth-date'],
  [/(^|_)(ip|ip_?addr\w*|inet)($|_)/i, 'ip'],
  [/(^|_)(iban|bic|ssn|passport|national_id|tax_id)($|_)/i, 'identifier'],
  [/salary|salaire|wage/i, 'salary'],
  [/(^|_)(comment|message|remark|note)s?($|_)|biography|(^|_)bio($|_)/i, 'text']
]

/** What sort of personal data a column may hold, by its name; null where the name says nothing. Somebody must confirm it. */
export function guessPii(name: string): string | null {
  const snake = name.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
  return guesses.find(([pattern]) => pattern.test(snake))?.[1] ?? null
}
