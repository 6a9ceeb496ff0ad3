import { createServer } from 'node:https'
import { crlFiles } from '@countersign/core/node'
import { tlsPeer } from '@countersign/core/sources'
import { countersign } from '@countersign/hono'
import { createAdaptorServer } from '@hono/node-server'
import { Hono } from 'hono'
import { createPartner, expectCountersigned, listening, stop } from './partner.mjs'

const partner = await createPartner()
const { anchors, crls, registry } = partner

const options = { certificate: { anchors, revocation: crlFiles(crls), source: tlsPeer() }, key: { registry } }
const app = new Hono()
app.use(countersign(options))
app.get('/', (c) => c.text(c.var.principal.partner.id))

const server = await listening(createAdaptorServer({ fetch: app.fetch, createServer, serverOptions: partner.tls }))
await expectCountersigned(server, partner)
await stop(server)
await partner.close()
