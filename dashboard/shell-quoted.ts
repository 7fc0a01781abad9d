/** A text as a shell takes it for one argument, whatever is in it. */
export const shellQuoted = (text: string): string =>
  /^[\w./@:+-]+$/.test(text) && !text.startsWith('-') ? text : `'${text.replaceAll("'", `'\\''`)}'`
