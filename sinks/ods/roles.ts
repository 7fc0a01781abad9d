/** Who has which rights in the ODS: who loads it, who configures and watches it, who reads its tables. */
export const odsRoles = ['loader', 'operator', 'reader'] as const
export type OdsRole = (typeof odsRoles)[number]
