/** Options for a TLS listener that asks for client certificates and leaves the verdict on them to the core. @module */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createSecureContext, type SecureContextOptions, type Server, type TlsOptions } from 'node:tls'
import { type CertificateInput, createTrust, filesOf } from '../authenticate/trust.ts'
import { encodePem } from '../bytes/pem.ts'
import { fileState, watchFiles } from './watch-files.ts'

/** The server's own certificate with its chain, and its key: PEM text, or files that are watched. */
export type ServerIdentity =
  | { readonly certificate: string; readonly key: string }
  | { readonly certificateFile: string; readonly keyFile: string }

export type TlsServerInput = ServerIdentity & {
  /**
   * The CAs whose certificates clients are asked for, as in `certificate.anchors`: a client with several certificates chooses
   * by them. Whether one is trusted is decided by the core, on every request.
   */
  readonly anchors: CertificateInput
  /** Default `1.2`. */
  readonly minimumVersion?: '1.2' | '1.3'
  /** Default `['http/1.1']`; for `node:http2` with `allowHTTP1`, `['h2', 'http/1.1']`. */
  readonly protocols?: readonly string[]
  /** Most octets of a request's head. Default 65,536: forwarded chains and ML-DSA certificates do not fit into Node's 16 KiB. */
  readonly maxHeaderBytes?: number
}

/** Told of reloads; without it nobody hears why a new certificate is not in use. */
export interface TlsReloadListener {
  reloaded?(): void
  /** What was in force stays in force. */
  failed?(cause: string): void
}

/** To be passed to `createServer` of `node:https` or `createSecureServer` of `node:http2` as it is. */
export interface TlsServerOptions extends TlsOptions {
  readonly maxHeaderSize: number
  readonly allowHTTP1: boolean
  /**
   * From now on files that change are read again and given to the server, which keeps its connections; session tickets from
   * before are good for nothing then.
   */
  watch(server: Server, listener?: TlsReloadListener): { close(): void }
}

/** RFC 9325 §4.2: forward secrecy and authenticated encryption; TLS 1.3 has no others. Node's own list goes on with CBC and static RSA. */
const TLS_1_2_CIPHERS = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
]

const TLS_1_3_CIPHERS = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256']

/** Whoever does not finish a handshake by then is not a partner. Node's default is 120 s. */
const HANDSHAKE_MILLISECONDS = 10_000

/** A resumed session carries the certificate of its first handshake: not for longer than this. */
const SESSION_SECONDS = 3600

/** Node's, for `ticketKeys`: name, HMAC key and AES key. */
const TICKET_KEY_BYTES = 48

const DEFAULT_HEADER_BYTES = 65_536

/**
 * Asks every client for a certificate and refuses none in the handshake, so that each refusal is an answer that a partner can
 * read. Tickets are encrypted under keys of this listener alone: one from a laxer listener is worth nothing here.
 *
 * @example
 * const tls = tlsServerOptions({ certificateFile: 'api.pem', keyFile: 'api.key', anchors: anchorFiles('anchors/') })
 * const server = createServer(tls, app).listen(443)
 * tls.watch(server)
 * @throws TypeError for anchors that are none; what OpenSSL says of a certificate or key that it cannot use
 */
export function tlsServerOptions(input: TlsServerInput): TlsServerOptions {
  const { minimumVersion = '1.2', protocols = ['http/1.1'], maxHeaderBytes = DEFAULT_HEADER_BYTES } = input
  if (minimumVersion !== '1.2' && minimumVersion !== '1.3') throw new TypeError("minimumVersion: '1.2' or '1.3'")
  if (!Array.isArray(protocols) || protocols.length === 0) throw new TypeError('protocols: at least one')
  if (!Number.isSafeInteger(maxHeaderBytes) || maxHeaderBytes < 8192 || maxHeaderBytes > 1_048_576) {
    throw new TypeError('maxHeaderBytes: 8192 to 1048576')
  }
  const files = 'certificateFile' in input ? { paths: [input.certificateFile, input.keyFile] } : undefined
  // Taken before the files are read, so that no change in between is missed.
  const seen = files && fileState(files)

  function context(): SecureContextOptions {
    return {
      ...readIdentity(input),
      ca: createTrust(input.anchors, undefined, 0).anchors.map(({ certificate }) =>
        encodePem('CERTIFICATE', certificate.der),
      ),
      minVersion: `TLSv${minimumVersion}`,
      ciphers: [...TLS_1_3_CIPHERS, ...TLS_1_2_CIPHERS].join(':'),
      honorCipherOrder: true,
      ticketKeys: randomBytes(TICKET_KEY_BYTES),
      sessionTimeout: SESSION_SECONDS,
    }
  }

  function watch(server: Server, listener: TlsReloadListener = {}): { close(): void } {
    const reload = (): void => {
      try {
        const next = context()
        // What OpenSSL cannot use is said here, before the server has lost what it has.
        createSecureContext(next)
        server.setSecureContext(next)
        listener.reloaded?.()
      } catch (error) {
        listener.failed?.(error instanceof Error ? error.message : 'unreadable')
      }
    }
    const watches = [
      ...(files === undefined || seen === undefined ? [] : [watchFiles(files, seen, reload)]),
      ...filesOf(input.anchors).map((each) => each.watch(reload)),
    ]
    const close = (): void => {
      for (const each of watches) each.close()
    }
    server.once('close', close)
    return { close }
  }

  const first = context()
  createSecureContext(first)
  return {
    ...first,
    requestCert: true,
    // Trust is the core's to decide; a refused handshake would be an answer that nobody can read.
    rejectUnauthorized: false,
    ALPNProtocols: [...protocols],
    handshakeTimeout: HANDSHAKE_MILLISECONDS,
    maxHeaderSize: maxHeaderBytes,
    allowHTTP1: protocols.includes('http/1.1'),
    watch,
  }
}

function readIdentity(identity: ServerIdentity): { readonly cert: string; readonly key: string } {
  if ('certificateFile' in identity) {
    return { cert: readFileSync(identity.certificateFile, 'utf8'), key: readFileSync(identity.keyFile, 'utf8') }
  }
  const { certificate, key } = identity
  if (typeof certificate !== 'string' || typeof key !== 'string') {
    throw new TypeError('certificate and key: PEM text, or certificateFile and keyFile')
  }
  return { cert: certificate, key }
}
