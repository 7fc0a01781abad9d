/** What an error of the server means for who meets it. */
export interface ServerError {
  /** `transient` passes by itself, `full` wants room, `server` is mended at the server, `run` lies in what is loaded. */
  readonly kind: 'transient' | 'full' | 'server' | 'run'
  readonly advice: string
}

const rights = 'grant the user of COURANT_ODS_URL the rights it needs: `courant etl grants` prints them'
const missing = 'something of the ODS is missing there: run `courant etl migrate`'
const tooWide =
  'a row is wider than the 8,060 bytes that SQL Server has for one: exclude columns in config.ETL_Columns, the longest texts first; `courant etl profile` tells how long they are'
const notOurs =
  'the table is not as Courant makes it: rename it or give another DestinationTable in config.ETL_Tables, and Courant makes its own'
const unfit =
  'a value does not fit its column in the ODS: see whether somebody has changed the type of a column there'
const twoRows = 'a key has two rows where one is allowed: see who else writes to the ODS'
const held =
  'an index, a statistic, a constraint or a view with SCHEMABINDING is on a column whose type has to grow: drop it, load, and make it again'
const limits =
  'SQL Server has a limit that the statement is beyond: exclude columns in config.ETL_Columns, or choose other PrimaryKeyCols'
const setOptions =
  'an index wants other SET options than the session has: see whether a trigger or a default of the database sets QUOTED_IDENTIFIER or ARITHABORT off'
const damaged = 'the database is damaged or its disc fails: let its administrator run DBCC CHECKDB'
const notOpen = 'the database is offline, suspect or restricted: let its administrator bring it online'
const report = 'the statement is not one that this server takes: report it with the number'
const password = 'correct user and password in COURANT_ODS_URL'
const account =
  "the login is locked, disabled, or its password has expired: let the server's administrator reset it"

/** Advice by the numbers it is for; https://learn.microsoft.com/sql/relational-databases/errors-events/database-engine-events-and-errors */
const table: readonly (readonly [ServerError['kind'], string, readonly number[]])[] = [
  ['transient', 'it chose this transaction as the victim of a deadlock', [1205]],
  ['transient', 'a lock was not granted in time: see which session holds it', [1222, 50001]],
  [
    'transient',
    'it lacks memory, workers or locks for now',
    [701, 802, 845, 1204, 8623, 8645, 8651, 10928, 10929, 17803, 17806, 17809, 40501]
  ], // prettier-ignore
  [
    'transient',
    'it is starting, stopping, paused or being upgraded',
    [6005, 17142, 17147, 17148, 17187, 17188, 17197, 18401]
  ], // prettier-ignore
  ['transient', 'only administrators are let in for now', [924, 18451, 18461]],
  [
    'transient',
    'the database is recovering, restoring or failing over',
    [904, 921, 922, 927, 952, 976, 979, 983, 40143, 40197, 40540, 40613, 49918, 49919, 49920]
  ], // prettier-ignore
  ['transient', 'another transaction changed the same rows or their table', [3960, 3961, 3966]],
  ['transient', 'the connection was reset', [64, 121, 233, 10053, 10054, 10060, 11001]],
  ['full', 'no room left', [1101, 1105, 9002, 40544, 40552]],
  ['server', rights, [229, 230, 262, 297, 300, 1088, 2571, 2760, 3701, 4902, 15151, 15247, 15562]],
  ['server', missing, [208, 2812]],
  [
    'server',
    'the user of COURANT_ODS_URL may not use the database: CREATE USER … FOR LOGIN … in it',
    [916, 4064]
  ], // prettier-ignore
  [
    'server',
    'the database of the ODS cannot be opened: it does not exist, or the login has no user in it',
    [911, 4060, 40532]
  ], // prettier-ignore
  [
    'server',
    'the database can only be read: name the primary replica, or set it READ_WRITE',
    [978, 3906, 3908]
  ], // prettier-ignore
  ['server', notOpen, [923, 926, 928, 942, 945]],
  ['server', damaged, [601, 605, 823, 824, 825, 9001]],
  ['server', password, [18456]],
  [
    'server',
    'the server takes Windows logins only: let it take SQL logins too, or use ?authentication=ntlm&domain=…',
    [18452]
  ], // prettier-ignore
  ['server', account, [18463, 18464, 18465, 18466, 18467, 18468, 18470, 18486, 18487, 18488]],
  ['server', "the server's firewall does not let this machine in", [40615, 40914]],
  ['run', report, [102, 137, 156, 170, 319, 8180]],
  ['run', notOurs, [207, 515, 1911, 1913, 2705, 2714, 4924, 4928]],
  ['run', 'another object has that name', [2759]],
  [
    'run',
    unfit,
    [220, 232, 235, 241, 242, 244, 245, 248, 295, 517, 2628, 4815, 4863, 4864, 8114, 8115, 8152, 9803]
  ], // prettier-ignore
  ['run', tooWide, [511, 1701, 1708]],
  ['run', 'the table has more than 1,024 columns: exclude columns in config.ETL_Columns', [1702]],
  ['run', limits, [1904, 1919, 1944, 1946, 8618, 8621, 8622, 8631, 8632]],
  ['run', twoRows, [2601, 2627]],
  [
    'run',
    'a key has two rows where one is allowed: see who else writes to the ODS, or rename the table, and a new one is made',
    [1505]
  ], // prettier-ignore
  [
    'run',
    'staging has two rows for one key, which Courant does not leave there: see who else writes to stg',
    [8672]
  ], // prettier-ignore
  [
    'run',
    'somebody has given the table a clustered index, of which there can be one: make it NONCLUSTERED',
    [1902, 35335]
  ], // prettier-ignore
  ['run', held, [4922, 5074]],
  [
    'run',
    'a foreign key refers to the table, or a view is bound to it: drop that, Courant makes staging anew',
    [3726, 3729, 4712]
  ], // prettier-ignore
  ['run', setOptions, [1934, 1935]],
  [
    'run',
    'a constraint or trigger that somebody added to the table refuses a row: drop it',
    [547, 3609, 3616, 3930, 50000]
  ] // prettier-ignore
]

const byNumber = new Map(
  table.flatMap(([kind, advice, numbers]) => numbers.map((number) => [number, { kind, advice }] as const))
)

/** What an error means by its number; one that nobody foresaw lies in the run, so that it holds up no other. */
export const serverErrorOf = (number: number): ServerError =>
  byNumber.get(number) ?? {
    kind: 'run',
    advice: `error ${number}, which Courant has no advice for: SELECT text FROM sys.messages WHERE message_id = ${number} has its words`
  }
