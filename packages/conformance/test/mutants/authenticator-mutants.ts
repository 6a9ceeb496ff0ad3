/** Authenticators that judge wrongly: what an adapter would be handed by a core with a mistake. */
import type { Decision, Exchange } from '@countersign/core'
import { authenticatorMutant, decisionMutant, forgetting, type Mutant, somebody } from './mutant.ts'

export const authenticatorMutants: readonly Mutant[] = [
  forgetting('no-binding', 'forgets that key and certificate must belong together', 'binding/swapped', [
    'binding-missing',
  ]),
  forgetting('no-binding-word', 'lets a bound key stand alone', 'binding/required-by-key', [
    'certificate-required-by-key',
  ]),
  forgetting('no-dates', 'forgets that keys end', 'key/expired', ['key-expired', 'key-not-yet-valid']),
  forgetting('no-key-status', 'forgets that keys are revoked', 'key/revoked', ['key-revoked', 'key-suspended']),
  forgetting('no-partner-status', 'forgets that partners are suspended', 'key/partner-suspended', [
    'partner-suspended',
  ]),
  forgetting('no-digest', 'takes an id for the key', 'key/mismatch', ['key-mismatch']),
  forgetting('no-deny-list', 'forgets the deny list', 'certificate/denied-by-registry', ['certificate-denied']),
  forgetting('no-revocation', 'forgets revocation', 'revocation/leaf', ['certificate-revoked']),
  forgetting('unknown-is-good', 'takes an unknown status for a good one', 'revocation/unknown-source-failed', [
    'revocation-unavailable',
    'certificate-status-unknown',
  ]),
  forgetting('registry-down-allows', 'lets everybody in while the registry is down', 'registry-fault/key-rejects', [
    'registry-unavailable',
  ]),
  forgetting('no-validity', 'forgets that certificates end', 'certificate/expired', [
    'certificate-expired',
    'certificate-not-yet-valid',
  ]),
  forgetting('any-purpose', 'forgets what a certificate is for', 'certificate/server-auth', [
    'extended-key-usage-missing',
  ]),
  forgetting('any-ca', 'trusts every CA', 'certificate/unknown-ca', ['issuer-unknown', 'signature-invalid']),
  forgetting('url-forgiven', 'forgives a key in the URL', 'exposure/query', ['key-in-url']),
  forgetting('misplaced-forgiven', 'ignores a key in a wrong field', 'framing/misplaced-x-api-key', ['key-misplaced']),
  forgetting('aliases-forgiven', 'ignores spellings with underscores', 'framing/alias-beside', ['header-alias']),
  forgetting('nomination-forgiven', 'ignores what Connection names', 'framing/nominated-authorization', [
    'header-nominated',
  ]),
  forgetting('spoof-ignored', 'ignores a forwarded certificate from anybody', 'forwarded/untrusted-client-cert', [
    'source-untrusted',
  ]),
  forgetting('missing-key-forgiven', 'is content with a certificate', 'missing/key', ['key-missing']),

  decisionMutant('leaks-reason', 'tells the caller the exact reason', 'key/uniform', (decision) =>
    decision.ok ? decision : { ...decision, problem: { ...decision.problem, detail: decision.reason.code } },
  ),
  decisionMutant('leaks-partner', 'tells the caller whose key it is', 'key/revoked', (decision) => {
    if (decision.ok || !('partnerId' in decision.reason)) return decision
    return { ...decision, problem: { ...decision.problem, detail: `${decision.reason.partnerId} must renew its key` } }
  }),
  decisionMutant('error-without-key', 'gives an error code where no key was sent', 'missing/certificate', (decision) =>
    decision.ok || decision.problem.challenge === undefined
      ? decision
      : {
          ...decision,
          problem: { ...decision.problem, challenge: 'Bearer realm="countersign", error="invalid_token"' },
        },
  ),
  decisionMutant(
    'stale-correlation-id',
    'uses one correlation id for all refusals',
    'response/correlation-ids',
    (decision) =>
      decision.ok ? decision : { ...decision, problem: { ...decision.problem, correlationId: '0'.repeat(32) } },
  ),
  decisionMutant('all-scopes', 'grants every scope', 'scopes/missing', (decision) =>
    decision.ok
      ? {
          ...decision,
          principal: Object.create(decision.principal, {
            scopes: { value: new Set(['orders:read', 'orders:write']), enumerable: true },
          }),
        }
      : decision,
  ),
  decisionMutant('dead-signal', 'gives a signal that never aborts', 'stream/ended-key-revoked', (decision) => {
    if (!decision.ok) return decision
    const { partner, certificate, key, token, scopes } = decision.principal
    const principal = { partner, certificate, key, token, scopes, signal: new AbortController().signal }
    return { ok: true, principal } as Decision
  }),

  authenticatorMutant('once-a-key', 'remembers decisions by key', 'binding/swapped', (real) => {
    const known = new Map<string, Decision>()
    return {
      async authenticate(exchange) {
        const key = exchange.headers.all('authorization').join()
        const decision = known.get(key) ?? (await real.authenticate(exchange))
        if (decision.ok) known.set(key, decision)
        return decision
      },
    }
  }),
  authenticatorMutant('once-a-certificate', 'remembers decisions by certificate', 'binding/swapped', (real) => {
    const known = new Map<string, Decision>()
    return {
      async authenticate(exchange) {
        const leaf = leafOf(exchange)
        const decision = known.get(leaf) ?? (await real.authenticate(exchange))
        if (decision.ok) known.set(leaf, decision)
        return decision
      },
    }
  }),
  authenticatorMutant(
    'revocation-once-a-connection',
    'asks for revocation once a connection',
    'revocation/keep-alive',
    (real) => {
      const checked = new WeakSet<object>()
      return {
        async authenticate(exchange) {
          const decision = await real.authenticate(exchange)
          const connection = exchange.peer
          if (decision.ok) checked.add(connection)
          if (decision.ok || decision.reason.code !== 'certificate-revoked' || !checked.has(connection)) return decision
          return { ok: true, principal: somebody({ partnerId: 'acme' }) }
        },
      }
    },
  ),
  authenticatorMutant(
    'optional-is-lax',
    'lets a lone certificate pass the optional guard as nobody',
    'optional/certificate-alone',
    (real) => ({
      async authenticateOptional(exchange) {
        const decision = await real.authenticateOptional(exchange)
        return !decision.ok && decision.reason.code === 'key-missing' ? { ok: true, principal: undefined } : decision
      },
    }),
  ),
]

function leafOf({ peer }: Exchange): string {
  const [leaf] = peer.kind === 'tcp' ? peer.certificates : []
  return Buffer.from(leaf ?? []).toString('base64')
}
