/** A source of revocation that a case holds in its hand. @module */
import type { MaybePromise } from '@countersign/core'
import type { RevocationProvider, RevocationStatus } from '@countersign/core/revocation'
import type { IssuedCertificate } from '@countersign/testing'

export interface RevocationSwitch extends RevocationProvider {
  /** At once, and open streams are told. */
  revoke(certificate: IssuedCertificate): void
  /** What is answered for everything from now on, instead of what was revoked. */
  answer(with_: (() => MaybePromise<RevocationStatus>) | undefined): void
}

export function createRevocationSwitch(): RevocationSwitch {
  const name = 'switch'
  const revoked = new Set<string>()
  let override: (() => MaybePromise<RevocationStatus>) | undefined
  let changed = () => {}
  return {
    name,
    attach(host) {
      changed = () => host.changed()
    },
    status({ certificate }) {
      if (override !== undefined) return override()
      const serialNumber = Buffer.from(certificate.serialNumber)
        .toString('hex')
        .replace(/^(?:00)+/, '')
      return revoked.has(serialNumber)
        ? { status: 'revoked', by: name, at: new Date(0), reason: 'keyCompromise' }
        : { status: 'good', by: name }
    },
    revoke({ serialNumber }) {
      revoked.add(serialNumber.replace(/^(?:00)+/, ''))
      changed()
    },
    answer(with_) {
      override = with_
      changed()
    },
  }
}
