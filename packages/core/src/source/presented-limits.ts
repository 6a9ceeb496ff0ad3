/** How much may be presented in one request. @module */

/** Leaf and chain together; a TLS stack's own limits are far wider (threat 22). */
export const MAX_PRESENTED_CERTIFICATES = 8

/** One certificate. A large RSA-4096 leaf is below 2 KiB and an ML-DSA-87 one below 8 KiB. */
export const MAX_CERTIFICATE_BYTES: number = 16 * 1024
