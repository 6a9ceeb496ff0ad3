import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { memoryRegistry } from './memory-registry.ts'
import type { KeyUse } from './usage.ts'
import { type UsageRecorderOptions, usageRecorder } from './usage-recorder.ts'

const at = (second: number): Date => new Date(Date.UTC(2031, 0, 1, 0, 0, second))

function setUp(options: UsageRecorderOptions = {}) {
  const batches: (readonly KeyUse[])[] = []
  const state = { down: false }
  const recorder = usageRecorder(
    {
      addUses: async (uses) => {
        await sleep(1)
        if (state.down) throw new Error('down')
        batches.push(uses)
      },
    },
    options,
  )
  onTestFinished(() => recorder.close().catch(() => undefined))
  return { recorder, batches, state }
}

describe('usageRecorder', () => {
  it('writes one use per key and interval, with the number of uses and the last time', async () => {
    const { recorder, batches } = setUp({ intervalSeconds: 0.03 })
    for (let n = 0; n < 1000; n++) recorder.record({ at: at(n % 50), keyId: `key${n % 3}`, certificate: `c${n % 50}` })
    await sleep(80)
    expect(batches).toHaveLength(1)
    expect(batches[0]).toHaveLength(3)
    expect(batches[0]?.reduce((sum, { uses }) => sum + uses, 0)).toBe(1000)
    expect(batches[0]?.[0]).toMatchObject({ lastUsedAt: at(49).toISOString(), lastCertificate: 'c49' })
    await sleep(50)
    expect(batches, 'nothing was used since').toHaveLength(1)
  })

  it('ignores what was let in without a key', async () => {
    const { recorder, batches } = setUp()
    recorder.record({ at: at(0), keyId: undefined })
    await recorder.flush()
    expect(batches).toEqual([])
  })

  it('loses nothing at the end', async () => {
    const registry = memoryRegistry()
    await registry.createPartner({ id: 'acme' })
    const { record } = await registry.issueKey({ partnerId: 'acme' })
    const recorder = usageRecorder(registry)
    for (let n = 0; n < 7; n++) recorder.record({ at: at(n), keyId: record.id })
    await recorder.close()
    recorder.record({ at: at(9), keyId: record.id })
    expect(await registry.getUse(record.id)).toEqual({ keyId: record.id, uses: 7, lastUsedAt: at(6).toISOString() })
  })

  it('keeps what could not be written, says so, and writes it later', async () => {
    const faults: unknown[] = []
    const { recorder, batches, state } = setUp({ intervalSeconds: 0.02, onFault: (error) => faults.push(error) })
    state.down = true
    recorder.record({ at: at(1), keyId: 'a' })
    await expect.poll(() => faults.length).toBeGreaterThan(1)
    recorder.record({ at: at(2), keyId: 'a' })
    await expect(recorder.flush()).rejects.toThrow('down')
    state.down = false
    await recorder.close()
    expect(batches.flat().reduce((sum, { uses }) => sum + uses, 0)).toBe(2)
    expect(batches.flat().at(-1)?.lastUsedAt).toBe(at(2).toISOString())
  })

  it('rejects on closing what could not be written', async () => {
    const { recorder, state } = setUp()
    state.down = true
    recorder.record({ at: at(1), keyId: 'a' })
    await expect(recorder.close()).rejects.toThrow('down')
  })

  it('writes many keys in several batches', async () => {
    const { recorder, batches } = setUp()
    for (let n = 0; n < 1200; n++) recorder.record({ at: at(0), keyId: `key${n}` })
    await recorder.flush()
    expect(batches.map((batch) => batch.length)).toEqual([500, 500, 200])
  })

  it('refuses what is no registry, and an interval that is none', () => {
    expect(() => usageRecorder({} as never)).toThrow(/addUses/)
    for (const intervalSeconds of [0, -1, Number.NaN, 4000]) {
      expect(() => usageRecorder({ addUses: async () => undefined }, { intervalSeconds })).toThrow(/intervalSeconds/)
    }
  })
})
