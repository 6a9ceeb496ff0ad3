/** The versions, suites and groups that every generated listener offers (RFC 9325 §4; draft-ietf-tls-ecdhe-mlkem for the hybrid). @module */

/** TLS 1.2: forward secrecy and authenticated encryption only, by OpenSSL's names. */
export const OPENSSL_CIPHERS: readonly string[] = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
]

/** The same by the names of the registry, as Go writes them. */
export const IANA_CIPHERS: readonly string[] = [
  'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
  'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
  'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
  'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
  'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256',
  'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256',
]

export const TLS_1_3_CIPHERS: readonly string[] = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
]

const HYBRID = 'X25519MLKEM768'

/** By OpenSSL's names. */
export function opensslGroups(hybrid: boolean): readonly string[] {
  return [...(hybrid ? [HYBRID] : []), 'X25519', 'P-256', 'P-384']
}

/** By Caddy's names. */
export function caddyGroups(hybrid: boolean): readonly string[] {
  return [...(hybrid ? [HYBRID.toLowerCase()] : []), 'x25519', 'secp256r1', 'secp384r1']
}

/** By Go's names. */
export function goGroups(hybrid: boolean): readonly string[] {
  return [...(hybrid ? [HYBRID] : []), 'X25519', 'CurveP256', 'CurveP384']
}

/** Two years (RFC 6797); what an API sends whoever asks. */
export const HSTS = 'max-age=63072000'

/** Room for a forwarded chain. The application needs as much: `maxHeaderSize`. */
export const HEADER_KIB = 64
