/** An authenticator that needs no TLS, so that a test is about the adapter alone: the platform vouches for the connection. */
import { type Authenticator, createAuthenticator } from '@countersign/core'
import { memoryRegistry } from '@countersign/core/registry'
import type { CertificateSource } from '@countersign/core/sources'
import { createAuthority } from '@countersign/testing'

export interface Service {
  readonly authenticator: Authenticator<'key'>
  /** The same, over a registry whose answers are promises. */
  readonly slow: Authenticator<'key'>
  /** Holds the scope `orders:read`. */
  readonly key: string
  readonly authorization: { readonly authorization: string }
}

const VOUCHED_FOR: CertificateSource = { name: 'platform', secure: () => true, read: () => undefined }

export async function createService(source: CertificateSource = VOUCHED_FOR): Promise<Service> {
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
