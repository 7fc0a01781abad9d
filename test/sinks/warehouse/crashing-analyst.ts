import { DuckDBInstance } from '@duckdb/node-api'

// Opens the database named by its argument, writes into it and dies on the spot, leaving the log of what it wrote.
const [, , file = ''] = process.argv
const instance = await DuckDBInstance.create(file)
const connection = await instance.connect()
await connection.run('DELETE FROM numbers')
process.kill(process.pid, 'SIGKILL')
