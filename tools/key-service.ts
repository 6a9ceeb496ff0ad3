/** For tests of adapters: an authenticator that needs no TLS, because a platform vouches for the connection. @module */
import { type Authenticator, createAuthenticator } from '../packages/core/src/index.ts'
import { memoryRegistry } from '../packages/core/src/registry.ts'
import type { CertificateSource } from '../packages/core/src/sources.ts'
import { createAuthority } from '../packages/testing/src/index.ts'

export interface KeyService {
  readonly authenticator: Authenticator<'key'>
  /** The same, over a registry whose answers are promises. */
  readonly slow: Authenticator<'key'>
  /** Holds the scope `orders:read`. */
  readonly key: string
  readonly authorization: { readonly authorization: string }
}

const VOUCHED_FOR: CertificateSource = { name: 'platform', secure: () => true, read: () => undefined }

export async function createKeyService(source: CertificateSource = VOUCHED_FOR): Promise<KeyService> {
  const registry = memoryRegistry()
  await registry.createPartner({ id: 'acme', scopes: ['orders:read'] })
  const { key } = await registry.issueKey({ partnerId: 'acme', binding: 'none' })
  const anchors = (await createAuthority()).certificate.pem
  const certificate = { anchors, revocation: 'unchecked', source } as const
  const later = {
    findKey: async (id: string, signal: AbortSignal) => registry.findKey(id, signal),
    findPartner: async () => undefined,
  }
  return {
    authenticator: createAuthenticator({ certificate, key: { registry }, require: 'key' }),
    slow: createAuthenticator({ certificate, key: { registry: later }, require: 'key' }),
    key,
    authorization: { authorization: `Bearer ${key}` },
  }
}
