import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { curated } from '../../../processors/curate-applications.ts'
import { featureRow, newestRows, replaces } from '../../../sinks/azure-blob/features/feature-rows.ts'
import { expectedSalary, offeredSalary } from '../../../schemas/applications/salaries.ts'
import { namedSkills } from '../../../sinks/azure-blob/features/skill-overlap.ts'
import { changedAtUs, claimedApplication } from '../../support/applications.ts'

describe('a salary', () => {
  it('is read from numbers, ranges and the ways in which people write them', () => {
    for (const [json, amount] of [
      ['850000', 850_000],
      ['"850 000 FCFA"', 850_000],
      ['"850.000"', 850_000],
      ['"de 800 000 à 900 000 XAF"', 850_000],
      ['{"min": 800000, "max": 900000, "currency": "XAF"}', 850_000],
      ['{"montant": "850\u00a0000"}', 850_000],
      ['"12,5"', 12.5],
      ['"1 500,50"', 1500.5],
      ['"1.500.000,75 F"', 1_500_000.75],
      ['"500k"', 500_000],
      ['"800-900k"', 850_000],
      ['"1,5 million"', 1_500_000],
      ['"1.5M FCFA"', 1_500_000],
      ['{"year": 2025, "amount": 500000}', 500_000],
      ['{"net": 400000, "brut": 500000}', null],
      ['"500 000 sur 12 mois"', null],
      ['"900000 à 800000"', null],
      ['[1, 2, 3]', null],
      ['"à discuter"', null],
      ['0', null],
      ['null', null],
      [null, null]
    ] as const)
      assert.equal(expectedSalary(json), amount, String(json))
  })

  it('is read from an offer only after a word that says so', () => {
    assert.equal(offeredSalary('Poste à 100 %. Salaire mensuel : 700 000 FCFA net.'), 700_000)
    assert.equal(offeredSalary('Rémunération de 600 000 à 800 000 FCFA'), 700_000)
    assert.equal(offeredSalary('Équipe de 12 personnes, 2 sites'), null)
    assert.equal(offeredSalary(null), null)
  })
})

describe('skills in an offer', () => {
  it('are named when every word of theirs is, whatever case and accents', () => {
    const offer = 'GESTION de projets ; maintenance préventive, C++ et gestion de projet'
    assert.equal(
      namedSkills(['Gestion de projet', 'Maintenance Preventive', 'C++', 'C', 'SQL', '!'], offer),
      3
    )
  })
})

describe('rows of features', () => {
  const tools = { pseudonym: (id: string) => id }
  const row = (n: number, status: string, ms: number) =>
    featureRow(
      curated(
        claimedApplication(
          n,
          ({ application }) => ({ application: { ...application, status } }),
          changedAtUs + ms * 1000
        )
      ),
      tools
    )

  it('are the newest of each application, in whatever order versions come', () => {
    const versions = [0, 1, 2].flatMap((n) => [row(n, 'a', 0), row(n, 'b', 4000), row(n, 'c', 8000)])
    fc.assert(
      fc.property(fc.shuffledSubarray(versions, { minLength: 9 }), (shuffled) => {
        const newest = newestRows(shuffled)
        assert.deepEqual(
          newest.map(({ values }) => values['status']),
          ['c', 'c', 'c']
        )
      })
    )
  })

  it('are computed anew by newer rules, and not for a read that saw the same', () => {
    const { version } = row(1, 'a', 0)
    assert.equal(replaces(version, undefined), true)
    assert.equal(replaces(row(1, 'a', 60_000).version, version), false)
    assert.equal(replaces({ ...version, features_version: 2 }, version), true)
  })
})
