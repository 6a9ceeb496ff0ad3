/** The issuer, in Express: certificate and API key in, a token for five minutes out. @module */
import { createAuthenticator } from '@countersign/core'
import { crlFiles } from '@countersign/core/node'
import { tokenIssuer } from '@countersign/core/tokens'
import { tokenEndpoints } from '@countersign/express'
import express, { type Express } from 'express'
import type { World } from './world.ts'

export const ISSUER = 'https://issuer.example'
export const ORDERS = 'https://orders.example'
export const INVOICES = 'https://invoices.example'

export function createIssuer(world: World): { readonly app: Express; close(): void } {
  const authenticator = createAuthenticator({
    certificate: { anchors: world.partners.certificate.pem, revocation: crlFiles(world.crlFile) },
    key: { registry: world.registry },
  })
  const issuer = tokenIssuer({
    issuer: ISSUER,
    authenticator,
    audiences: [ORDERS, INVOICES],
    signingKeys: [world.signing],
  })
  const app = express()
  app.use(tokenEndpoints(issuer))
  return { app, close: () => authenticator.close() }
}
