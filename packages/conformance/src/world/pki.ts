/** The certificates that most cases share, minted when the suite starts. Cases mint what is peculiar to them. @module */
import { createSecureContext, type SecureContext } from 'node:tls'
import { type Authority, createAuthority, type IssuedCertificate } from '@countersign/testing'

export interface Pki {
  /** The one trust anchor, unless a case configures others. */
  readonly ca: Authority
  /** Issued by `ca`. Configured nowhere by default. */
  readonly issuing: Authority
  /** Another CA, trusted only where a case says so. */
  readonly otherCa: Authority
  /** A CA that is trusted nowhere. */
  readonly strangerCa: Authority
  /** The service's own TLS identity; clients do not check it, as that is not what is on trial. */
  readonly server: IssuedCertificate
  readonly acme: IssuedCertificate
  readonly globex: IssuedCertificate
  /** What a TLS client presents. */
  clientContext(certificate: IssuedCertificate | 'none'): SecureContext
}

export async function createPki(): Promise<Pki> {
  const [ca, otherCa, strangerCa] = await Promise.all([
    createAuthority({ name: 'Partners CA' }),
    createAuthority({ name: 'Other partners CA' }),
    createAuthority({ name: 'Stranger CA' }),
  ])
  const [issuing, server, acme, globex] = await Promise.all([
    ca.issueAuthority({ name: 'Issuing CA' }),
    ca.issueServer({ name: 'api.example.test' }),
    ca.issueClient({ name: 'acme', spiffe: 'spiffe://example.test/acme', dns: ['acme.example.test'] }),
    ca.issueClient({ name: 'globex', spiffe: 'spiffe://example.test/globex', dns: ['globex.example.test'] }),
  ])
  return { ca, issuing, otherCa, strangerCa, server, acme, globex, clientContext: createClientContexts() }
}

/** Reading a certificate and its key costs more than a handshake, and most cases use the same two. */
function createClientContexts(): Pki['clientContext'] {
  const contexts = new WeakMap<object, SecureContext>()
  const nobody = { tls: {} }
  return (certificate) => {
    const { tls } = certificate === 'none' ? nobody : certificate
    const context = contexts.get(tls) ?? createSecureContext(tls)
    contexts.set(tls, context)
    return context
  }
}
