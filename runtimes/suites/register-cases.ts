/** The conformance suite as tests of a runtime's own runner: adapters by way of plain HTTP, a registry, a source, paths. @module */

import {
  adapterCases,
  type Divergence,
  pathCases,
  register,
  registryCases,
  sourceCases,
  type TestFunction,
} from '../../packages/conformance/src/index.ts'
import { subject } from '../../packages/conformance/test/reference-subject.ts'
import { memoryRegistry } from '../../packages/core/src/registry.ts'
import { rfc9440 } from '../../packages/core/src/sources.ts'
import { parseCertificate, verifyPath } from '../../packages/core/src/x509.ts'

/** How the connection's own certificate is told differs between runtimes; what a hop forwards does not. */
const BEHIND_A_HOP = adapterCases.filter(({ needs }) => needs.length === 1 && needs[0] === 'http')

/** Where the connection's own certificate is read by default, an authenticator for plain HTTP cannot be made. */
export const NO_DEFAULT_SOURCE: readonly Divergence[] = BEHIND_A_HOP.filter(({ id }) =>
  /^transport\/(?:plain|spoofed)/.test(id),
).map(({ id }) => ({ id, reason: 'tlsPeer() must be told its listener here, and this one is none' }))

export function registerCases(test: TestFunction, divergences: readonly Divergence[] = []): void {
  register(test, BEHIND_A_HOP, { ...subject, features: ['http'] }, divergences)
  register(test, registryCases, {
    name: 'memoryRegistry',
    features: [],
    create: async () => ({ open: (options) => memoryRegistry(options), dispose: async () => undefined }),
  })
  register(test, sourceCases, {
    name: 'rfc9440',
    features: ['memory'],
    source: (from) => rfc9440({ from }),
    present: ({ certificate }) => [['Client-Cert', `:${Buffer.from(certificate.der).toString('base64')}:`]],
    absent: () => [],
  })
  register(test, pathCases, {
    name: 'verifyPath',
    features: ['names', 'rsa-pss', 'ed25519', 'p-521'],
    async verify({ leaf, intermediates, anchors, at, names }) {
      try {
        const parse = (der: Uint8Array) => parseCertificate(der)
        const path = { leaf: parse(leaf), intermediates: intermediates.map(parse), anchors: anchors.map(parse), at }
        const result = await verifyPath({ ...path, ...(names === undefined ? {} : { names }) })
        return result.ok ? { accepted: true } : { accepted: false, reason: result.reason.code }
      } catch (error) {
        return { accepted: false, reason: String(error) }
      }
    },
  })
}
