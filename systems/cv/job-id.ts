const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Whether a text may be the id of a job; PostgreSQL refuses others. */
export const isJobId = (text: string): boolean => uuid.test(text)
