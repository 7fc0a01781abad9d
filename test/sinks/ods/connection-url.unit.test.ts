import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { settingsFrom } from '../../../runtime/settings.ts'
import { parseConnectionUrl } from '../../../sinks/ods/connection-url.ts'
import { openOds } from '../../../sinks/ods/open-ods.ts'
import { sqlServerLogin } from '../../../sinks/ods/sqlserver/target.ts'

describe('the URL of the ODS', () => {
  it('takes any password, as it is or percent-encoded', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (password) => {
        const encoded = encodeURIComponent(password)
        const url = parseConnectionUrl(`mssql://sa:${encoded}@db.example.com:1433/ods?encrypt=false`)
        assert.equal(url?.password, password)
      })
    )
    for (const password of ['a#b', '100%', '%zz', 'p@ss/w?rd', 'a:b', '[x]', 'x\\y'])
      assert.equal(parseConnectionUrl(`mssql://sa:${password}@127.0.0.1:1433/ods`)?.password, password)
  })

  it('names an instance, a port, IPv6, a database, or leaves them out', () => {
    const parts = (text: string) => {
      const url = parseConnectionUrl(text)
      return url && [url.host, url.instance, url.port, url.database]
    }
    assert.deepEqual(parts(String.raw`mssql://sa:x@SRV\SQL2019/erp`), ['SRV', 'SQL2019', null, 'erp'])
    assert.deepEqual(parts('sqlserver://sa:x@srv'), ['srv', null, null, 'ods'])
    assert.deepEqual(parts('postgres://u:p@[::1]:5433/a%20b?sslmode=require'), ['::1', null, 5433, 'a b'])
  })

  it('is refused in a sentence when it is none, or has an option that is none', () => {
    for (const text of ['mssql://', 'mssql://sa:x@a b/ods', 'oracle://a/b', 'mssql://sa:x@srv:port/ods'])
      assert.throws(() => openOds(settingsFrom({ COURANT_ODS_URL: text })), {
        code: 'CONFIG_INVALID',
        message: /COURANT_ODS_URL.*must be like/
      })
    const login = (options: string) => {
      const url = parseConnectionUrl(`mssql://u:p@h/d?${options}`)
      return url && sqlServerLogin(url)
    }
    assert.throws(() => login('trustServerCert=true'), /'trustServerCert' is none of encrypt/)
    assert.throws(() => login('encrypt=yes'), /'encrypt' must be true, false, strict/)
    assert.equal(login('authentication=ntlm&domain=SHOP')?.domain, 'SHOP')
  })
})
