/** The other opinion: `openssl verify`. @module */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toPem } from '../../packages/testing/src/der.ts'
import { ANY_POLICY, type DrawnChain, type MintedChain, type PolicySettings } from './chains.ts'

export interface Opinion {
  readonly ok: boolean
  /** What the other says of it; for a reader. */
  readonly text: string
}

/**
 * OpenSSL 3.0 lets a policy that a CA maps out of anyPolicy count where anyPolicy is inhibited, although no node of the tree is
 * there to be mapped (RFC 5280 §6.1.3 (d)(2), §6.1.4 (b)(1)). Such chains are not drawn.
 */
export function isJudgedWrongly({ authorities, rules }: DrawnChain): boolean {
  const inhibits = rules.inhibitAny || authorities.some(({ inhibitAnyPolicy }) => inhibitAnyPolicy !== undefined)
  return (
    inhibits &&
    authorities.some(
      ({ policies, mappings }) => policies.includes(ANY_POLICY) && mappings.some(([from]) => !policies.includes(from)),
    )
  )
}

export class OpenSsl {
  readonly #folder = mkdtempSync(join(tmpdir(), 'countersign-differential-'))

  close(): void {
    rmSync(this.#folder, { recursive: true })
  }

  async verify(chain: MintedChain, rules: PolicySettings, at: Date): Promise<Opinion> {
    const write = (name: string, certificates: readonly Uint8Array[]): string => {
      const path = join(this.#folder, name)
      writeFileSync(path, certificates.map((der) => toPem('CERTIFICATE', der)).join(''))
      return path
    }
    const flags = [
      ...['-CAfile', write('root.pem', [chain.root]), '-untrusted', write('intermediates.pem', chain.intermediates)],
      ...['-attime', String(at.getTime() / 1000), '-purpose', 'sslclient', '-policy_check'],
      // Left out, it takes no policy for acceptable, where RFC 5280 §6.1.1 (c) takes any.
      ...(rules.acceptable.length === 0 ? ['anyPolicy'] : rules.acceptable).flatMap((policy) => ['-policy', policy]),
      ...(rules.requireExplicit ? ['-explicit_policy'] : []),
      ...(rules.inhibitAny ? ['-inhibit_any'] : []),
      ...(rules.inhibitMapping ? ['-inhibit_map'] : []),
    ]
    return new Promise((resolve, reject) => {
      execFile('openssl', ['verify', ...flags, write('leaf.pem', [chain.leaf])], (error, _, text) => {
        if (error === null) resolve({ ok: true, text: '' })
        // 2: it verified, and says no. Anything else is no opinion.
        else if (error.code === 2 && text.includes('verification failed')) resolve({ ok: false, text: text.trim() })
        else reject(error)
      })
    })
  }
}
