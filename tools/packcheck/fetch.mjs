import { createServer } from 'node:https'
import { crlFiles } from '@countersign/core/node'
import { tlsPeer } from '@countersign/core/sources'
import { countersign } from '@countersign/node/fetch'
import { createAdaptorServer } from '@hono/node-server'
import { createPartner, expectCountersigned, listening, stop } from './partner.mjs'

const partner = await createPartner()
const { anchors, crls, registry } = partner

const options = { certificate: { anchors, revocation: crlFiles(crls), source: tlsPeer() }, key: { registry } }
const fetch = countersign(options)((_request, principal) => new Response(principal.partner.id))

const server = await listening(createAdaptorServer({ fetch, createServer, serverOptions: partner.tls }))
await expectCountersigned(server, partner)
await stop(server)
await partner.close()
