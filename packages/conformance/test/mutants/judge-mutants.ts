/** Every mutant is found out, by exactly the cases that its file lists. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { adapterCases, evaluate } from '../../src/index.ts'
import type { Mutant } from './mutant.ts'

/** `npm run mutants` runs everything; otherwise a few cases of each mutant must do. */
const FULL = process.env.COUNTERSIGN_MUTANTS === 'full'
const FULL_LIMIT_MILLISECONDS = 300_000

const SAMPLE_FAILING = 2
const SAMPLE_PASSING = 1

export function judgeMutants(mutants: readonly Mutant[]): void {
  describe.each(mutants)('$name: $does', ({ name, foundBy, subject }) => {
    const list = join(import.meta.dirname, 'found-by', `${name}.txt`)

    if (FULL) {
      it('is found by exactly its cases', { timeout: FULL_LIMIT_MILLISECONDS }, async () => {
        const failed = await failing(subject, adapterCases)
        await expect(failed.map((id) => `${id}\n`).join('')).toMatchFileSnapshot(list)
        expect(failed).toContain(foundBy)
      })
      return
    }

    it('is found by its cases, and not by others', async () => {
      const listed = existsSync(list) ? readFileSync(list, 'utf8').split('\n').filter(Boolean) : []
      expect(listed).toContain(foundBy)
      const others = adapterCases.map(({ id }) => id).filter((id) => !listed.includes(id))
      const expected = new Set([foundBy, ...sample(listed, SAMPLE_FAILING)])
      const chosen = new Set([...expected, ...sample(others, SAMPLE_PASSING)])
      const cases = adapterCases.filter(({ id }) => chosen.has(id))
      expect((await failing(subject, cases)).toSorted()).toEqual([...expected].toSorted())
    })
  })
}

async function failing(subject: Mutant['subject'], cases: typeof adapterCases): Promise<readonly string[]> {
  const { results } = await evaluate(subject, cases)
  return results.flatMap(({ id, outcome }) => (outcome === 'failed' ? id : []))
}

/** Evenly spread, so that it is the same each time. */
function sample(ids: readonly string[], count: number): readonly string[] {
  return Array.from(
    { length: Math.min(count, ids.length) },
    (_, at) => ids[Math.floor((at * ids.length) / count)] ?? '',
  )
}
