import { createServer } from 'node:https'
import { crlFiles } from '@countersign/core/node'
import { tlsPeer } from '@countersign/core/sources'
import { countersign } from '@countersign/node'
import { createPartner, expectCountersigned, listening, stop } from './partner.mjs'

const partner = await createPartner()
const { anchors, crls, registry } = partner

const options = { certificate: { anchors, revocation: crlFiles(crls), source: tlsPeer() }, key: { registry } }
const guard = countersign(options)

const server = await listening(
  createServer(
    partner.tls,
    guard((_req, res, principal) => res.end(principal.partner.id)),
  ),
)
await expectCountersigned(server, partner)
await stop(server)
await partner.close()
