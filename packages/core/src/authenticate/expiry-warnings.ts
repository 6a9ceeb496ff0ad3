/** Warns of certificates that are in use and end soon: once a day each. @module */
import type { EventHub } from '../events/event-hub.ts'
import { BoundedMap } from '../primitives/bounded-map.ts'
import type { Principal } from './principal.ts'

const DAY_MILLISECONDS = 86_400_000
const CAPACITY = 10_000

export function createExpiryWarnings(
  warnDays: number,
  hub: EventHub,
  clock: () => Date,
): (principal: Principal) => void {
  const warned = new BoundedMap<string, number>(CAPACITY)
  return ({ certificate, partner }) => {
    if (certificate === undefined || !hub.wants('expiring')) return
    const at = clock()
    const { fingerprint, notAfter } = certificate
    // A platform's verdict has no date, which compares as false.
    if (!(notAfter.getTime() - at.getTime() < warnDays * DAY_MILLISECONDS)) return
    const day = Math.floor(at.getTime() / DAY_MILLISECONDS)
    if (warned.get(fingerprint) === day) return
    warned.set(fingerprint, day)
    hub.emit('expiring', () => ({ certificate: fingerprint, partnerId: partner.id, notAfter }))
  }
}
