import { describe, expect, it } from 'vitest'
import type { EventFacts } from '../events/events.ts'
import { generateKey } from '../key/key-format.ts'
import { createExposureWatch, type ExposureAction } from './exposure-watch.ts'

const MINUTE = 60_000

function setup(action: ExposureAction = 'report') {
  const events: EventFacts<'exposed'>[] = []
  const acted: string[] = []
  const now = { at: 1_000_000 * MINUTE }
  const watch = createExposureWatch({
    action,
    confirm: async (key) => ({ keyId: key.slice(8, 20) }),
    act: async (keyId, what) => void acted.push(`${what} ${keyId}`),
    emit: (make) => events.push(make()),
    clock: () => new Date(now.at),
  })
  const report = async (count: number, peer = '10.0.0.1') => {
    for (let key = 0; key < count; key++) watch.report([generateKey({ prefix: 'cs_live' })], 'url', peer)
    await watch.settled()
  }
  return { watch, events, acted, now, report }
}

describe('createExposureWatch', () => {
  it('looks at a few keys of each peer within a minute, and counts the others', async () => {
    const { watch, events, now, report } = setup()
    await report(12)
    expect(watch.dropped).toBe(2)
    expect(events.filter(({ action }) => action === 'dropped')).toHaveLength(2)
    await report(1, '10.0.0.2')
    expect(watch.dropped).toBe(2)
    now.at += MINUTE - 1
    await report(1)
    expect(watch.dropped).toBe(3)
    now.at += 1
    await report(1)
    expect(watch.dropped).toBe(3)
  })

  it('begins anew where the clock was set back', async () => {
    const { watch, now, report } = setup()
    await report(11)
    now.at -= MINUTE
    await report(1)
    expect(watch.dropped).toBe(1)
  })

  it('looks at no more keys within a minute than it can, however many peers send them', async () => {
    const { watch, report } = setup()
    for (let peer = 0; peer < 70; peer++) await report(10, `10.0.1.${peer}`)
    expect(watch.dropped).toBeGreaterThan(0)
  })

  it('acts once for each key', async () => {
    const { watch, events, acted } = setup('revoke')
    const key = generateKey({ prefix: 'cs_live' })
    watch.report([key, 'no key', key], 'plaintext', '10.0.0.1')
    await watch.settled()
    expect(acted).toEqual([`revoke ${key.slice(8, 20)}`])
    expect(events.map(({ action, confirmed, by }) => [action, confirmed, by])).toEqual([
      ['revoked', true, 'plaintext'],
      ['revoked', true, 'plaintext'],
    ])
  })
})
