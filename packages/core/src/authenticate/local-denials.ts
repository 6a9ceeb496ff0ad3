/** Certificates that this process alone denies, for the minutes until a registry or a CA does. @module */
import type { CertificateNames } from '../registry/certificate-names.ts'
import type { CertificateDenial } from '../registry/registry.ts'

export class LocalDenials {
  readonly #serials: Set<string> = new Set()
  readonly #keys: Set<string> = new Set()

  /** @throws TypeError for what is neither an issuer with a serial number nor a public key: a denial that never bites would be believed */
  deny(denial: CertificateDenial): void {
    if ('publicKey' in denial && /^[0-9a-f]{64}$/i.test(denial.publicKey)) {
      this.#keys.add(denial.publicKey.toLowerCase())
    } else if ('issuer' in denial && isHex(denial.issuer) && isHex(denial.serialNumber)) {
      this.#serials.add(`${denial.issuer.toLowerCase()}/${denial.serialNumber.toLowerCase()}`)
    } else {
      throw new TypeError('denyLocally: { issuer, serialNumber } in hex, or { publicKey } as hex SHA-256')
    }
  }

  has(names: CertificateNames): boolean {
    if (this.#keys.size === 0 && this.#serials.size === 0) return false
    return this.#keys.has(names.publicKey) || this.#serials.has(`${names.issuer}/${names.serialNumber}`)
  }
}

function isHex(text: unknown): text is string {
  return typeof text === 'string' && text.length > 0 && text.length % 2 === 0 && /^[0-9a-f]+$/i.test(text)
}
