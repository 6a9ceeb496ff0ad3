/** CRLs sorted by whose they are and what they are about: an immutable snapshot that one check uses from beginning to end. @module */
import { encodeHex } from '../bytes/hex.ts'
import type { Name } from '../x509/name.ts'
import type { Crl } from './crl.ts'

/** The lists of one issuer, one key and one scope, newest first: of these the newest counts. */
export interface CrlGroup {
  readonly complete: readonly Crl[]
  readonly deltas: readonly Crl[]
}

export class CrlSet {
  readonly #groups = new Map<string, Map<string, { complete: Crl[]; deltas: Crl[] }>>()

  constructor(crls: Iterable<Crl>) {
    for (const crl of crls) this.#add(crl)
    for (const groups of this.#groups.values()) {
      for (const { complete, deltas } of groups.values()) {
        complete.sort(newestFirst)
        deltas.sort(newestFirst)
      }
    }
  }

  of(issuer: Name): Iterable<CrlGroup> {
    return this.#groups.get(issuerKey(issuer))?.values() ?? []
  }

  #add(crl: Crl): void {
    const issuer = issuerKey(crl.issuer)
    const groups = this.#groups.get(issuer) ?? new Map<string, { complete: Crl[]; deltas: Crl[] }>()
    this.#groups.set(issuer, groups)
    const lineage = lineageOf(crl)
    const group = groups.get(lineage) ?? { complete: [], deltas: [] }
    groups.set(lineage, group)
    if (crl.deltaBase === undefined) group.complete.push(crl)
    else group.deltas.push(crl)
  }
}

/** Which CRLs replace each other: same key and same scope, by what the lists themselves say (RFC 5280 §5.2.3, §5.2.4). */
export function lineageOf(crl: Crl): string {
  const { keyIdentifier, serialNumber } = crl.authorityKeyIdentifier ?? {}
  const key = keyIdentifier ?? serialNumber
  return `${key === undefined ? '' : encodeHex(key)}|${crl.scopeDer === undefined ? '' : encodeHex(crl.scopeDer)}`
}

/** Number first, for two lists of one second: of those the order of files would decide otherwise. */
export function newestFirst(one: Crl, other: Crl): number {
  if (one.number !== undefined && other.number !== undefined && one.number !== other.number) {
    return one.number > other.number ? -1 : 1
  }
  return other.thisUpdate - one.thisUpdate
}

/** The same for names that RFC 5280 §7.1 calls the same. */
export function issuerKey(issuer: Name): string {
  return issuer.folded.join('\n')
}
