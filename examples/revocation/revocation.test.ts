import { describe, expect, it } from 'vitest'
import { runScenarios } from './scenarios.ts'

describe('examples/revocation', () => {
  it('shows each way of revoking on connections that are open', async () => {
    const steps = await runScenarios()
    expect(steps.map(({ what, seen }) => [what, seen])).toEqual(steps.map(({ what, expected }) => [what, expected]))
    expect(steps).toHaveLength(6)
  })
})
