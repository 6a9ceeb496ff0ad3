/** Looks at a deployment from outside: which of a client's own fields get through to the application, and what it makes of them. @module */
import { connect } from 'node:tls'
import { UsageError } from '../command/command.ts'
import { byteSequence } from './probe-certificate.ts'
import { PROBES, type Probe } from './probes.ts'
import { type Reply, sendHttp2, sendRaw, type Target } from './raw-request.ts'

export interface DoctorOptions {
  /** A guarded URL of the deployment, https. */
  readonly url: URL
  /** The same over plaintext; `undefined`: port 80 of the same host. */
  readonly plain?: URL | undefined
  /** Where the application itself listens, if that can be reached from here: it should not be. */
  readonly direct?: URL | undefined
  /** PEM: whom to trust as the server's CA. Default: the system's. */
  readonly ca?: string | undefined
  /** Connect there instead of to the URL's host. */
  readonly connectTo?: string | undefined
  readonly timeoutSeconds?: number
}

/**
 * `removed`: the application saw nothing of it. `refused-by-proxy`: an answer that is not the application's.
 * `reached`: the application saw it and refused it. `believed`: it took the field for the client's certificate.
 */
export type Outcome = 'removed' | 'refused-by-proxy' | 'reached' | 'believed' | 'no-answer'

export interface Finding {
  readonly id: string
  readonly says: string
  readonly outcome: Outcome
  readonly status: number
  readonly remove: readonly string[]
}

export interface TransportFinding {
  readonly id: 'plaintext' | 'redirect' | 'hsts' | 'tls-1.1' | 'direct'
  readonly says: string
  readonly ok: boolean
}

export interface DoctorReport {
  readonly fields: readonly Finding[]
  readonly transport: readonly TransportFinding[]
  /** Nothing was believed, and nothing is wrong with the transport. */
  readonly ok: boolean
}

/** Few enough to be no burden, many enough to be done soon. */
const AT_ONCE = 4

/** @throws UsageError if the URL does not answer as a guarded one */
export async function runDoctor(options: DoctorOptions): Promise<DoctorReport> {
  const target = targetOf(options.url, options)
  const baseline = await sendRaw(target, [], timeoutOf(options))
  if (baseline.body.code !== 'credentials-missing') {
    throw new UsageError(
      `${options.url.href}: not a URL that Countersign guards for requests without credentials (status ${baseline.status || 'none'})`,
    )
  }
  const fields = await inTurn(PROBES, async (probe) =>
    findingOf(probe, await sendProbe(probe, target, options), baseline),
  )
  const transport = [
    hsts(baseline),
    await oldTls(target, options),
    ...(await plaintext(options)),
    ...(options.direct === undefined ? [] : [await direct(options.direct, options)]),
  ]
  const believed = fields.some(({ outcome }) => outcome === 'believed')
  return { fields, transport, ok: !believed && transport.every(({ ok }) => ok) }
}

function sendProbe(probe: Probe, target: Target, options: DoctorOptions): Promise<Reply> {
  if (probe.http2 !== undefined) return sendHttp2(target, probe.http2, options.timeoutSeconds)
  return sendRaw(target, probe.lines, {
    ...timeoutOf(options),
    ...(probe.body === undefined ? {} : { body: probe.body }),
  })
}

function findingOf({ id, says, remove }: Probe, reply: Reply, baseline: Reply): Finding {
  return { id, says, remove, status: reply.status, outcome: outcomeOf(reply, baseline) }
}

function outcomeOf({ status, body }: Reply, baseline: Reply): Outcome {
  if (status === 0) return 'no-answer'
  if (body.code === 'credentials-malformed') return 'reached'
  if (body.code === 'credentials-missing') {
    // Less is missing than without the field: the application holds the certificate for presented.
    return JSON.stringify(body.missing) === JSON.stringify(baseline.body.missing) ? 'removed' : 'believed'
  }
  if (status < 400 || body.code === 'credentials-invalid') return 'believed'
  return typeof body.code === 'string' ? 'reached' : 'refused-by-proxy'
}

function hsts({ head }: Reply): TransportFinding {
  const ok = /\nstrict-transport-security: *max-age=[1-9]/.test(head)
  return {
    id: 'hsts',
    ok,
    says: ok ? 'HSTS is sent' : 'no Strict-Transport-Security: clients may go on trying plaintext',
  }
}

function oldTls({ host, port, connectTo }: Target, { timeoutSeconds = 10 }: DoctorOptions): Promise<TransportFinding> {
  return new Promise((resolve) => {
    const socket = connect({
      host: connectTo ?? host,
      port,
      rejectUnauthorized: false,
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      // OpenSSL itself refuses old versions above this level.
      ciphers: 'DEFAULT@SECLEVEL=0',
    })
    const finish = (accepted: boolean): void => {
      socket.destroy()
      const says = accepted ? 'TLS 1.1 or older is accepted' : 'TLS 1.1 and older are refused'
      resolve({ id: 'tls-1.1', ok: !accepted, says })
    }
    socket.setTimeout(timeoutSeconds * 1000, () => finish(false))
    socket.once('secureConnect', () => finish(true))
    socket.once('error', () => finish(false))
  })
}

/** Whoever comes over plaintext is refused, whatever it claims; a redirect would hide that a key was exposed. */
async function plaintext(options: DoctorOptions): Promise<readonly TransportFinding[]> {
  const url = options.plain ?? new URL(`http://${options.url.hostname}${options.url.pathname}`)
  const target = { ...targetOf(url, options), tls: undefined }
  const claims = ['X-Forwarded-Proto: https', 'Forwarded: proto=https', `Client-Cert: ${byteSequence}`]
  const [bare, claiming] = [
    await sendRaw(target, [], timeoutOf(options)),
    await sendRaw(target, claims, timeoutOf(options)),
  ]
  if (bare.status === 0 && claiming.status === 0) {
    return [{ id: 'plaintext', ok: true, says: `nothing answers on ${url.host} over plaintext` }]
  }
  const redirects = [bare, claiming].some(({ status }) => status >= 300 && status < 400)
  const refused = [bare, claiming].every(
    ({ status, body }) =>
      body.code === 'insecure-transport' || (status >= 300 && status < 500 && body.code === undefined),
  )
  return [
    {
      id: 'plaintext',
      ok: refused,
      says: refused
        ? 'plaintext is refused, whatever it claims'
        : 'a plaintext request with X-Forwarded-Proto: https passes for a secure one',
    },
    {
      id: 'redirect',
      ok: !redirects,
      says: redirects
        ? 'plaintext is redirected: a client that follows has exposed its key, and does not learn it'
        : 'plaintext is not redirected',
    },
  ]
}

async function direct(url: URL, options: DoctorOptions): Promise<TransportFinding> {
  const target = {
    ...targetOf(url, options),
    tls: url.protocol === 'https:' ? { rejectUnauthorized: false } : undefined,
  }
  const reply = await sendRaw(target, ['X-Forwarded-Proto: https', `Client-Cert: ${byteSequence}`], timeoutOf(options))
  if (reply.status === 0) return { id: 'direct', ok: true, says: `${url.host} cannot be reached from here` }
  const ok = reply.body.code === 'insecure-transport' || reply.body.code === 'credentials-malformed'
  const says = ok
    ? `${url.host} can be reached past the proxy, and believes nothing`
    : `${url.host} can be reached past the proxy, and believes what a proxy would say: narrow "from"`
  return { id: 'direct', ok, says }
}

function targetOf(url: URL, { ca, connectTo }: DoctorOptions): Target {
  const secure = url.protocol === 'https:'
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(url.port || (secure ? 443 : 80)),
    path: `${url.pathname}${url.search}`,
    tls: secure ? (ca === undefined ? {} : { ca }) : undefined,
    connectTo,
  }
}

function timeoutOf({ timeoutSeconds }: DoctorOptions): { readonly timeoutSeconds?: number } {
  return timeoutSeconds === undefined ? {} : { timeoutSeconds }
}

async function inTurn<T, R>(items: readonly T[], run: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = []
  let next = 0
  const work = async (): Promise<void> => {
    for (let at = next++; at < items.length; at = next++) results[at] = await run(items[at] as T)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return results
}
