import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type CertificateSource, forwarded, rfc9440 } from '@countersign/core/sources'
import { forwardAs } from '@countersign/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runDoctor } from '../src/doctor/run-doctor.ts'
import { type Application, FRAMEWORKS, startApplication } from './proxies/application.ts'
import { createPartners, type Holder, type Partners, SECRET } from './proxies/partners.ts'
import { type Reply, send, sendHttp2, type Target } from './proxies/send.ts'
import { SPOOFS } from './proxies/spoofs.ts'
import {
  checkConfiguration,
  lacks,
  NGINX_NJS,
  PROXIES,
  type ProxyProgram,
  type RunningProxy,
  startProxy,
  writeConfiguration,
} from './proxies/start-proxy.ts'

let partners: Partners

beforeAll(async () => {
  partners = await createPartners(mkdtempSync(join(tmpdir(), 'countersign-proxies-')))
})

afterAll(() => {
  rmSync(partners.folder, { recursive: true, force: true })
})

const hop = { from: ['127.0.0.1'], secret: SECRET }

const SOURCES: Readonly<Record<string, () => CertificateSource>> = {
  nginx: () => forwarded('nginx', hop),
  'nginx with njs': () => rfc9440(hop),
  haproxy: () => rfc9440(hop),
  apache: () => rfc9440(hop),
  caddy: () => forwarded('caddy', hop),
}

describe.each([...PROXIES, NGINX_NJS].map((program) => [program.name, program] as const))(
  'behind %s',
  (name, program) => {
    describe.skipIf(lacks(program))('as `countersign config` describes it', () => {
      let application: Application
      let proxy: RunningProxy

      beforeAll(async () => {
        application = await startApplication((SOURCES[name] as () => CertificateSource)(), partners)
        proxy = await startProxy(program, partners, application.port)
      })

      afterAll(async () => {
        await proxy?.stop()
        await application?.close()
      })

      const target = (holder?: Holder): Target => ({
        port: proxy.tls,
        tls: true,
        ca: partners.authority.certificate.pem,
        client: holder && partners.certificates[holder],
      })
      const authorization = (key: string): string => `Authorization: Bearer ${key}`

      it('gets a clean bill from the doctor', async () => {
        const report = await runDoctor({
          url: new URL(`https://localhost:${proxy.tls}/express/orders`),
          plain: new URL(`http://localhost:${proxy.plain}/express/orders`),
          ca: partners.authority.certificate.pem,
          connectTo: '127.0.0.1',
        })
        expect(report.fields.filter(({ outcome }) => outcome === 'believed')).toEqual([])
        // Apache has no rule for all names with underscores, and keeps those that are mixed.
        const known = name === 'apache' ? ['mixed'] : []
        expect(report.fields.filter(({ outcome }) => outcome === 'reached').map(({ id }) => id)).toEqual(known)
        expect(report.transport.filter(({ ok }) => !ok)).toEqual([])
      })

      describe.each(FRAMEWORKS)('%s', (framework) => {
        const path = `/${framework}/orders`
        const ask = (holder: Holder | undefined, lines: readonly string[] = [], body = ''): Promise<Reply> =>
          send(target(holder), path, [authorization(partners.keys.acme), ...lines], body)

        it('lets a partner in, and sends HSTS', async () => {
          const reply = await ask('acme')
          expect(reply).toMatchObject({ status: 200, body: { partner: 'acme' } })
          expect(reply.headers).toContain('strict-transport-security: max-age=63072000')
        })

        it('answers whoever has no certificate', async () => {
          expect(await ask(undefined)).toMatchObject({ status: 401, body: { code: 'credentials-missing' } })
        })

        it.each<Holder>(['self-signed', 'expired', 'revoked', 'foreign'])(
          'answers a certificate that is %s',
          async (holder) => {
            // Apache forgives a certificate that nobody vouches for, and no other fault.
            const silent = name === 'apache' && holder === 'expired'
            expect(await ask(holder)).toMatchObject(
              silent ? { status: 0 } : { status: 401, body: { code: 'credentials-invalid' } },
            )
          },
        )

        it('refuses another partner’s certificate with the key', async () => {
          expect(await ask('globex')).toMatchObject({ status: 401, body: { code: 'credentials-invalid' } })
        })

        it.each(SPOOFS.map((spoof) => [spoof.kind, spoof] as const))('is not deceived by %s', async (_, spoof) => {
          const before = application.served.length
          const victim = partners.certificates.acme
          const body = spoof.body?.(victim)
          for (const holder of [undefined, 'globex'] as const) {
            const reply = await ask(holder, spoof.lines(victim), body)
            expect([400, 401, 403]).toContain(reply.status)
            expect(reply.body.partner).toBeUndefined()
          }
          expect(application.served.slice(before)).toEqual([])
        })

        it('refuses plaintext in words, whatever it claims, and does not redirect', async () => {
          const plain = { ...target(), port: proxy.plain, tls: false }
          const claims = ['X-Forwarded-Proto: https', ...(SPOOFS[0]?.lines(partners.certificates.acme) ?? [])]
          for (const lines of [[], claims]) {
            const reply = await send(plain, path, [authorization(partners.keys.acme), ...lines])
            expect(reply).toMatchObject({ status: 403, body: { code: 'insecure-transport' } })
            expect(reply.headers).not.toContain('location:')
          }
        })

        it('refuses whoever goes around the proxy', async () => {
          const fields = forwardAs(
            program.config[0] === 'nginx' && !program.config.includes('--njs') ? 'nginx-escaped' : 'rfc9440',
            partners.certificates.acme,
            { chain: 'none' },
          )
          const lines = [
            authorization(partners.keys.acme),
            'X-Forwarded-Proto: https',
            ...Object.entries(fields).map(([field, value]) => `${field}: ${value}`),
          ]
          const around = { ...target(), port: application.port, tls: false }
          // From an address that is no proxy, even with the secret; and from the proxy's own machine without it.
          const withSecret = [...lines, `${SECRET.header}: ${SECRET.value}`]
          for (const reply of [
            await send({ ...around, from: '127.0.0.2' }, path, withSecret),
            await send(around, path, lines),
          ]) {
            expect([400, 403]).toContain(reply.status)
            expect(reply.body.partner).toBeUndefined()
          }
        })

        it('holds over HTTP/2 as well', async () => {
          const fields = { authorization: `Bearer ${partners.keys.acme}` }
          expect(await sendHttp2(target('acme'), path, fields)).toMatchObject({
            status: 200,
            body: { partner: 'acme' },
          })
          const spoofed = {
            ...fields,
            'client-cert': forwardAs('rfc9440', partners.certificates.acme)['Client-Cert'] as string,
          }
          const reply = await sendHttp2(target(), path, spoofed)
          expect([400, 401]).toContain(reply.status)
        })
      })
    })

    describe.skipIf(lacks(program))('with the proxy as a second fence', () => {
      it('lets partners in and keeps others from the application', async () => {
        const application = await startApplication((SOURCES[name] as () => CertificateSource)(), partners)
        const fence = ['--verify', 'proxy', ...(program.name === 'caddy' ? [] : ['--crl', partners.files.crl])]
        const proxy = await startProxy(program, partners, application.port, fence)
        try {
          const ask = (holder: Holder) =>
            send(
              {
                port: proxy.tls,
                tls: true,
                ca: partners.authority.certificate.pem,
                client: partners.certificates[holder],
              },
              '/express/orders',
              [`Authorization: Bearer ${partners.keys.acme}`],
            )
          expect(await ask('acme')).toMatchObject({ status: 200, body: { partner: 'acme' } })
          for (const holder of ['self-signed', 'expired', 'revoked', 'foreign'] as const) {
            expect((await ask(holder)).status).not.toBe(200)
          }
          expect(application.served).toEqual(['acme'])
        } finally {
          await proxy.stop()
          await application.close()
        }
      })
    })

    it.skipIf(lacks(program))('is a configuration that the program accepts, in every variant', async () => {
      for (const extra of variantsOf(program)) {
        const { folder } = await writeConfiguration(program, partners, 3000, extra)
        expect(checkConfiguration(program, folder)).toBeUndefined()
      }
    })
  },
)

function variantsOf({ name }: ProxyProgram): readonly (readonly string[])[] {
  return [[], ['--verify', 'proxy'], ...(name === 'caddy' ? [] : [['--verify', 'proxy', '--crl', partners.files.crl]])]
}
