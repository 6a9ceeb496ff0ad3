import { createServer } from 'node:https'
import { crlFiles } from '@countersign/core/node'
import { tlsPeer } from '@countersign/core/sources'
import { countersign, principalOf } from '@countersign/express'
import express from 'express'
import { createPartner, expectCountersigned, listening, stop } from './partner.mjs'

const partner = await createPartner()
const { anchors, crls, registry } = partner

const options = { certificate: { anchors, revocation: crlFiles(crls), source: tlsPeer() }, key: { registry } }
const app = express()
app.use(countersign(options))
app.get('/', (req, res) => res.send(principalOf(req).partner.id))

const server = await listening(createServer(partner.tls, app))
await expectCountersigned(server, partner)
await stop(server)
await partner.close()
