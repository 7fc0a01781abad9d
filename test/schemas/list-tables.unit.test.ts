import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { withTables } from '../../schemas/discovery/list-tables.ts'

const own = readFileSync(new URL('../../schemas/tables.ts', import.meta.url), 'utf8')
const named = (domain: string, name: string, record: string) =>
  ({ domain, name, avro: { name: record } }) as Parameters<typeof withTables>[1][number]

test('a table gets a line and an import, and a repeat changes nothing', () => {
  const text = withTables(own, [
    named('shop', 'order-lines', 'OrderLines'),
    named('shop', 'orders', 'Orders')
  ])
  assert.match(text, /import type \{ OrderLines, Orders \} from '\.\/types\/shop\.ts'/)
  assert.match(
    text,
    /,\n  orderLines: table<OrderLines>\('shop', 'order-lines'\),\n  orders: table<Orders>\('shop', 'orders'\)\n\}/
  )
  assert.equal(withTables(text, [named('shop', 'orders', 'Orders')]), text)
})

test('a record or a name that another domain has is told apart', () => {
  const text = withTables(own, [named('shop', 'shop-users', 'User'), named('activity', 'more', 'More')])
  assert.match(text, /import type \{ User as ShopUser \} from '\.\/types\/shop\.ts'/)
  assert.match(text, /shopUsers: table<ShopUser>\('shop', 'shop-users'\)/)
  assert.match(text, /GroupUser,\n {2}More,\n {2}NotificationState/)
})

test('the first table of all needs no comma before it', () => {
  const empty = "import { table } from './table.ts'\n\nexport const tables = {\n}\n"
  assert.match(withTables(empty, [named('shop', 'orders', 'Orders')]), /tables = \{\n  orders: table<Orders>/)
})
