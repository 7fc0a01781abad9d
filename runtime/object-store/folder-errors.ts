import { CourantError } from '../errors.ts'

const passing = new Set(['ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE', 'EIO', 'EBUSY', 'EAGAIN'])
const refused = new Set(['EACCES', 'EPERM', 'EROFS', 'EISDIR', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP'])

/** Primary result codes of SQLite (sqlite.org/rescode.html) and what the file system would say. */
const ofSqlite: Readonly<Record<number, string>> = {
  3: 'EACCES',
  5: 'EBUSY',
  6: 'EBUSY',
  8: 'EROFS',
  10: 'EIO',
  13: 'ENOSPC',
  14: 'EACCES'
}
const sqliteDamaged = [11, 26]

/** Runs an action on a folder; what the file system or SQLite says becomes an error that says what to do. */
export async function translated<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (error) {
    throw meaningOf(error)
  }
}

function meaningOf(error: unknown): unknown {
  const { errcode = 0, code = '' } = error as { errcode?: number; code?: string }
  // The lowest byte of an extended code is its primary one.
  const primary = errcode % 256
  const said = ofSqlite[primary] ?? code
  if (passing.has(said))
    return new CourantError(
      'TARGET_UNAVAILABLE',
      `The lake's folder cannot be written (${said}); make room`,
      { cause: error }
    )
  if (refused.has(said))
    return new CourantError(
      'TARGET_REFUSED',
      `The lake's folder refuses us (${said}); check its rights and what lies in it`,
      { cause: error }
    )
  if (sqliteDamaged.includes(primary))
    return new CourantError(
      'TARGET_REFUSED',
      `.courant/facts.sqlite of the lake's folder is damaged: bring it back from a backup, with the files of that time; what they lack is read from the topics again`,
      { cause: error }
    )
  return error
}
