// odbc is built from source where the machine can: `npm run check` must know of it where it was not.
declare module 'odbc'
