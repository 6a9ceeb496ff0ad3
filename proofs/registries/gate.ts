/** An authenticator that asks for a key alone, and requests to put to it: who is let through is what these proofs watch. @module */
import { type Authenticator, createAuthenticator, type Decision, type Exchange } from '@countersign/core'
import type { Registry } from '@countersign/core/registry'

/** @param anchors PEM of any CA: an authenticator wants one */
export function createGate(registry: Registry, anchors: string): Authenticator<'key'> {
  return createAuthenticator({ certificate: { anchors, revocation: 'unchecked' }, key: { registry }, require: 'key' })
}

export async function show(gate: Authenticator<'key'>, key: string): Promise<Decision<'key'>> {
  return gate.authenticate(requestWith(key))
}

function requestWith(key: string): Exchange {
  return {
    method: 'GET',
    target: '/',
    headers: { all: (name) => (name === 'authorization' ? [`Bearer ${key}`] : []) },
    peer: { kind: 'tcp', address: '127.0.0.1', encrypted: true, certificates: [] },
  }
}
