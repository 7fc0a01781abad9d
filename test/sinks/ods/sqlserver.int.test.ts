import { describe, it } from 'node:test'
import { odsContract } from '../../contracts/ods.contract.ts'
import { odsShapesContract } from '../../contracts/ods-shapes.contract.ts'
import { odsRefusalsContract } from '../../contracts/ods-refusals.contract.ts'
import { odsValuesContract } from '../../contracts/ods-values.contract.ts'

// A database of its own that tests may fill, such as mssql://sa:secret@127.0.0.1:11433/odstest?trustServerCertificate=true
const url = process.env['COURANT_TEST_MSSQL_URL']

if (url === undefined)
  describe('SQL Server keeps the contract of the ODS', () => {
    it('against a real server', {
      skip: 'COURANT_TEST_MSSQL_URL is not set: it names a SQL Server to test against'
    }, () => {})
  })
else {
  odsContract('SQL Server', () => ({ COURANT_ODS_URL: url }))
  odsRefusalsContract('SQL Server', () => ({ COURANT_ODS_URL: url }))
  odsShapesContract('SQL Server', () => ({ COURANT_ODS_URL: url }))
  odsValuesContract('SQL Server', () => ({ COURANT_ODS_URL: url }))
}
