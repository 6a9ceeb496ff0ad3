/** The API: the same on every runtime. @module */
import { type Authenticator, createAuthenticator } from '@countersign/core'
import { anchorFiles, crlFiles, fileRegistry } from '@countersign/core/node'
import type { CertificateSource } from '@countersign/core/sources'
import { countersign, requireScopes } from '@countersign/hono'
import { Hono } from 'hono'

export function createApp(authenticator: Authenticator<'certificate+key'>) {
  return new Hono()
    .use(countersign(authenticator))
    .get('/orders', requireScopes('orders:read'), (c) => c.json({ partner: c.var.principal.partner.id }))
}

/** @param folder as `countersign-partner-files` prepares it */
export function authenticatorFor(folder: string, source: CertificateSource): Authenticator<'certificate+key'> {
  return createAuthenticator({
    certificate: { anchors: anchorFiles(`${folder}/anchors`), revocation: crlFiles(`${folder}/crls`), source },
    key: { registry: fileRegistry(`${folder}/partners.json`) },
  })
}
