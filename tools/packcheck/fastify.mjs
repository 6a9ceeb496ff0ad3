import { crlFiles } from '@countersign/core/node'
import { tlsPeer } from '@countersign/core/sources'
import { countersign, principalOf } from '@countersign/fastify'
import fastify from 'fastify'
import { createPartner, expectCountersigned } from './partner.mjs'

const partner = await createPartner()
const { anchors, crls, registry } = partner

const options = { certificate: { anchors, revocation: crlFiles(crls), source: tlsPeer() }, key: { registry } }
const app = fastify({ https: partner.tls })
app.register(countersign(options))
app.get('/', (request) => principalOf(request).partner.id)

await app.listen({ host: '127.0.0.1', port: 0 })
await expectCountersigned(app.server, partner)
await app.close()
await partner.close()
