/** An API whose partners come from three CAs, each of which revokes in its own way. @module */
import { type Authenticator, createAuthenticator } from '@countersign/core'
import { crlFiles, crlFromDistributionPoints, ocsp } from '@countersign/core/node'
import { memoryRegistry } from '@countersign/core/registry'
import { countersign, principalOf } from '@countersign/express'
import express, { type Express } from 'express'

export interface ApiSettings {
  /** Certificates of the CAs, PEM, by label. */
  readonly anchors: Readonly<Record<string, string>>
  /** A folder of lists. */
  readonly crlFolder: string
  /** Where certificates may say that lists and responders are. */
  readonly crlHosts: readonly string[]
  readonly ocspHosts: readonly string[]
}

export async function createApi({ anchors, crlFolder, crlHosts, ocspHosts }: ApiSettings): Promise<{
  readonly app: Express
  readonly authenticator: Authenticator<'certificate'>
}> {
  const registry = memoryRegistry()
  for (const anchor of Object.keys(anchors)) {
    // One partner a CA: whoever it issued a certificate in this name.
    await registry.createPartner({ id: anchor, rules: [{ kind: 'san-dns', value: 'client.example', anchor }] })
  }
  const authenticator = createAuthenticator({
    require: 'certificate',
    certificate: {
      anchors: Object.entries(anchors).map(([label, certificates]) => ({ label, certificates })),
      // Asked in this order until one knows: lists at hand, lists that certificates name, responders that they name.
      revocation: {
        providers: [crlFiles(crlFolder), crlFromDistributionPoints({ hosts: crlHosts }), ocsp({ hosts: ocspHosts })],
        unknown: 'deny',
      },
    },
    key: { registry },
  })
  const app = express()
  app.use(countersign(authenticator))
  app.get('/', (req, res) => {
    res.json({ partner: principalOf(req, 'certificate').partner.id })
  })
  app.get('/feed', (req, res) => {
    const { signal } = principalOf(req, 'certificate')
    res.type('text/event-stream').write('data: open\n\n')
    signal.addEventListener('abort', () => res.end('data: over\n\n'))
  })
  return { app, authenticator }
}
