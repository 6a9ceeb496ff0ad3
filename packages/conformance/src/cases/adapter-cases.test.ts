import { describe, expect, it } from 'vitest'
import { adapterCases } from './adapter-cases.ts'

describe('adapterCases', () => {
  it('keep their ids, levels and titles', async () => {
    const lines = adapterCases.map(({ id, level, title }) => `${level.padEnd(6)} ${id}: ${title}\n`)
    await expect(lines.join('')).toMatchFileSnapshot('../../test/adapter-cases.txt')
  })

  it('have ids of one form, each its own', () => {
    const ids = adapterCases.map(({ id }) => id)
    expect(ids.filter((id) => !/^[a-z0-9-]+\/[a-z0-9.-]+$/.test(id))).toEqual([])
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('say where they are written down, and need a way to be reached', () => {
    for (const { id, source, needs } of adapterCases) {
      expect(source, id).toMatch(/^(RFC|CVE-|NIST|X\.690|draft-|docs\/|nodejs\/)/)
      if (!id.startsWith('construction/')) {
        expect(
          needs.filter((need) => /^(https|http|http2|unix)$/.test(need)),
          id,
        ).toHaveLength(1)
      }
    }
  })
})
