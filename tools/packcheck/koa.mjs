import { createServer } from 'node:https'
import { crlFiles } from '@countersign/core/node'
import { tlsPeer } from '@countersign/core/sources'
import { countersign } from '@countersign/koa'
import Koa from 'koa'
import { createPartner, expectCountersigned, listening, stop } from './partner.mjs'

const partner = await createPartner()
const { anchors, crls, registry } = partner

const options = { certificate: { anchors, revocation: crlFiles(crls), source: tlsPeer() }, key: { registry } }
const app = new Koa()
app.use(countersign(options))
app.use((ctx) => {
  ctx.body = ctx.state.principal.partner.id
})

const server = await listening(createServer(partner.tls, app.callback()))
await expectCountersigned(server, partner)
await stop(server)
await partner.close()
