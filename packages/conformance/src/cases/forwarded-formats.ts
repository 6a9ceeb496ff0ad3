/** The forms of other proxies, by way of a framework: what a value may not do, and what it must not be mistaken for. @module */
import { type ForwardedPreset, firstOf, forwarded, rfc9440 } from '@countersign/core/sources'
import { type ForwardFormat, forwardAs, type IssuedCertificate } from '@countersign/testing'
import { assertEqual } from '../case/assert.ts'
import type { Case } from '../case/case.ts'
import type { HeaderList } from '../world/answer.ts'
import type { Pki } from '../world/pki.ts'
import { forwardedFields, type ServiceOptions } from '../world/service.ts'
import { acceptanceCase, refusalCase } from './one-request.ts'

const MALFORMED = 'docs/problems.md#credentials-malformed'

export const forwardedFormatCases: readonly Case[] = [
  acceptanceCase({
    id: 'accept/forwarded-escaped-pem',
    title: 'a certificate that a hop forwards as escaped PEM is let in',
    source: 'docs/conformance-coverage.md#header-fields (H31)',
    needs: ['http'],
    serve: () => behind('nginx'),
    call: ({ pki }) => ({ headers: fieldsOf('nginx-escaped', pki.acme) }),
  }),
  ...(
    [
      ['bad-escape', 'with an escape that cannot be decoded', ({ acme }) => `${escaped(acme)}%E0%A4%A`],
      ['two-blocks', 'of two blocks', ({ acme, globex }) => escaped(acme) + escaped(globex)],
      [
        'trusted-label',
        'under the label TRUSTED CERTIFICATE',
        ({ acme }) => encodeURIComponent(acme.certificate.pem.replaceAll(' CERTIFICATE', ' TRUSTED CERTIFICATE')),
      ],
      [
        'tabs',
        'whose lines a proxy folded with tabs',
        ({ acme }) => acme.certificate.pem.trim().replaceAll('\n', '\t'),
      ],
    ] as readonly (readonly [string, string, (pki: Pki) => string])[]
  ).map(([name, how, value]) =>
    refusalCase({
      id: `forwarded/escaped-pem-${name}`,
      title: `escaped PEM ${how} is refused`,
      source: `docs/conformance-coverage.md#header-fields (H31 to H34), ${MALFORMED}`,
      needs: ['http'],
      serve: () => behind('nginx'),
      call: ({ pki }) => ({ headers: fieldsOf('nginx-escaped', pki.acme, value(pki)) }),
      reason: 'header-undecodable',
    }),
  ),
  {
    id: 'forwarded/folded-lines',
    title: 'a certificate over several folded lines, as old proxies wrote it, is refused',
    level: 'MUST',
    source: 'RFC 9112 §5.2, docs/conformance-coverage.md#header-fields (H34)',
    needs: ['http'],
    async run({ serve, pki }) {
      const service = await serve(behind('nginx'))
      const folded = pki.acme.certificate.pem.trim().replaceAll('\n', '\r\n\t')
      const answer = await service.call({ headers: fieldsOf('nginx-escaped', pki.acme, folded) })
      // The framework's server may have refused it before the guard could.
      assertEqual(answer.status, 400, 'it is refused')
    },
  },
  {
    id: 'accept/forwarded-xfcc-quoted',
    title: 'quotes, commas and semicolons in the names of an XFCC element are part of the names',
    level: 'MUST',
    source:
      'docs/conformance-coverage.md#header-fields (H36), docs/conformance-coverage.md#faults-of-other-packages (P5)',
    needs: ['http'],
    async run({ serve, pki }) {
      const service = await serve(behind('envoy'))
      const subject = `CN=\\"a\\";Cert=${escaped(pki.globex)},O=b`
      const element = `By=spiffe://example.test/api;Subject="${subject}";${xfcc(pki.acme)}`
      const answer = await service.call({ headers: [['X-Forwarded-Client-Cert', element]] })
      service.expectAccepted(answer, { partner: 'acme', fingerprint: pki.acme.fingerprint })
    },
  },
  ...(
    [
      ['two-elements', 'of two elements', ({ acme, globex }) => `${xfcc(acme)},${xfcc(globex)}`, 'header-undecodable'],
      ['hash-alone', 'that holds only a hash', ({ acme }) => `Hash=${acme.fingerprint}`, 'certificate-withheld'],
      [
        'certificate-twice',
        'that holds two certificates',
        ({ acme, globex }) => `${xfcc(acme)};Cert="${escaped(globex)}"`,
        'header-undecodable',
      ],
      [
        'unquoted-separator',
        'in which a name without quotes brings a certificate of its own',
        ({ acme, globex }) => `URI=spiffe://x;Cert="${escaped(globex)}";${xfcc(acme)}`,
        'header-undecodable',
      ],
    ] as readonly (readonly [string, string, (pki: Pki) => string, 'header-undecodable' | 'certificate-withheld'])[]
  ).map(([name, what, value, reason]) =>
    refusalCase({
      id: `forwarded/xfcc-${name}`,
      title: `an XFCC field ${what} is refused`,
      source:
        'docs/conformance-coverage.md#header-fields (H35 to H38), docs/conformance-coverage.md#faults-of-other-packages (P5)',
      needs: ['http'],
      serve: () => behind('envoy'),
      call: ({ pki }) => ({ headers: [['X-Forwarded-Client-Cert', value(pki)]] }),
      reason,
    }),
  ),
  refusalCase({
    id: 'forwarded/beside-the-connection',
    title:
      'a forwarded certificate over a connection that brings one of its own is refused: nobody can say whose is whose',
    source: `docs/conformance-coverage.md#header-fields (H41), ${MALFORMED}`,
    serve: () => ({ certificate: { source: rfc9440({ from: ['127.0.0.1'] }) } }),
    call: ({ pki }) => ({ certificate: pki.globex, forwarded: pki.acme }),
    reason: 'source-conflict',
  }),
  refusalCase({
    id: 'forwarded/sources-disagree',
    title: 'two fields that name different certificates are refused',
    source: `docs/conformance-coverage.md#header-fields (H41), docs/sources.md#several-roads`,
    needs: ['http'],
    serve: () => {
      const from = ['127.0.0.1']
      return { transport: 'http', certificate: { source: firstOf(rfc9440({ from }), forwarded('envoy', { from })) } }
    },
    call: ({ pki }) => ({
      headers: [...forwardedFields(pki.acme), ['X-Forwarded-Client-Cert', xfcc(pki.globex)]],
    }),
    reason: 'source-conflict',
  }),
]

function behind(preset: ForwardedPreset): ServiceOptions {
  return { transport: 'http', certificate: { source: forwarded(preset, { from: ['127.0.0.1'] }) } }
}

/** What the proxy sends, with another value in the place of the certificate. */
function fieldsOf(format: ForwardFormat, client: IssuedCertificate, certificate?: string): HeaderList {
  return Object.entries(forwardAs(format, client)).map(([name, value]) =>
    name === 'X-SSL-Client-Cert' ? [name, certificate ?? value] : [name, value],
  )
}

function escaped({ certificate }: IssuedCertificate): string {
  return encodeURIComponent(certificate.pem)
}

function xfcc(client: IssuedCertificate): string {
  return `Hash=${client.fingerprint};Cert="${escaped(client)}"`
}
