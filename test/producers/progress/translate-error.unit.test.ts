import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { loadOdbc } from '../../../producers/progress/odbc.ts'
import { withIsolation } from '../../../producers/progress/odbc-connection.ts'
import { translateError } from '../../../producers/progress/translate-error.ts'
import { CourantError, type ErrorCode } from '../../../runtime/errors.ts'

const thrown = (state: string, code = 0, message = 'customer Dupont owes 12') =>
  Object.assign(new Error('[odbc] Error executing the sql statement'), {
    odbcErrors: [{ state, code, message }]
  })

describe('errors of an ODBC driver', () => {
  const cases: readonly (readonly [string, Error, ErrorCode, RegExp])[] = [
    ['a refused login', thrown('28000'), 'SOURCE_REFUSED', /UID and PWD/],
    [
      'a login refused as a failed connection',
      thrown('08001', 0, 'password authentication failed'),
      'SOURCE_REFUSED',
      /UID, PWD/
    ],
    [
      'a server that is down',
      thrown('08001', 0, 'Connection refused'),
      'SOURCE_UNAVAILABLE',
      /does not answer/
    ],
    ['a lock by its number', thrown('HY000', -210015), 'SOURCE_UNAVAILABLE', /lock/],
    [
      'a lock by its words',
      thrown('HY000', 0, 'Failure getting record lock on a record from table PUB.x.'),
      'SOURCE_UNAVAILABLE',
      /lock/
    ],
    ['a missing table', thrown('42S02', -20005), 'SOURCE_REFUSED', /ETL_Tables/],
    ['a missing column', thrown('42S22', -20006), 'SOURCE_REFUSED', /etl sync/],
    ['a missing right', thrown('42501'), 'SOURCE_REFUSED', /grant SELECT/],
    ['a bad expression', thrown('42000'), 'SOURCE_REFUSED', /SourceExpression/],
    [
      'a missing driver',
      thrown('01000', 0, "Can't open lib 'x' : file not found"),
      'ODBC_MISSING',
      /apt-get install/
    ],
    ['something else', thrown('HY000', -999), 'SOURCE_REFUSED', /HY000, error -999/]
  ]
  for (const [what, error, code, says] of cases)
    it(`${what} is ${code}`, () => {
      const translated = translateError(error, 'rows of PUB.x')
      assert.ok(translated instanceof CourantError)
      assert.equal(translated.code, code)
      assert.match(translated.message, says)
      assert.doesNotMatch(JSON.stringify([translated.message, translated.details]), /Dupont/)
    })

  it('a width is named by table and column', () => {
    const message = 'Column nom-v in table PUB.cli has value exceeding its max length or precision.'
    const translated = translateError(thrown('22P00', -210012, message), 'rows')
    assert.ok(translated instanceof CourantError)
    assert.equal(translated.code, 'WIDTH_EXCEEDED')
    assert.deepEqual([translated.details['table'], translated.details['column']], ['PUB.cli', 'nom-v'])
  })

  it('what is not the driver’s comes back as it is', () => {
    const bug = new TypeError('x is not a function')
    assert.equal(translateError(bug, 'rows'), bug)
  })
})

describe('ODBC', () => {
  it('says what to install when the module is not there', async () => {
    const load = () => Promise.reject(new Error("Cannot find package 'odbc'"))
    await assert.rejects(loadOdbc(load), { code: 'ODBC_MISSING', message: /apt-get install -y unixodbc/ })
  })

  it('is asked for the isolation level, and never for dirty reads', () => {
    assert.equal(withIsolation('DSN=erp;', 'READ COMMITTED'), 'DSN=erp;DefaultIsolationLevel=READ COMMITTED')
    const own = 'DSN=erp;DefaultIsolationLevel=SERIALIZABLE'
    assert.equal(withIsolation(own, 'READ COMMITTED'), own)
    assert.throws(() => withIsolation('DSN=erp;DIL=READ UNCOMMITTED', 'READ COMMITTED'), {
      code: 'CONFIG_INVALID'
    })
  })
})
