/** Certificates that live in files and may change: the shape that `anchorFiles()` returns, without reaching a file system here. @module */

export interface CertificateFiles {
  readonly kind: 'certificate-files'
  /** For messages. */
  readonly name: string
  /** What the files hold now. @throws if one of them cannot be read */
  read(): readonly { readonly data: string | Uint8Array; readonly label: string | undefined }[]
  /** Calls back after every change. */
  watch(onChange: () => void): { close(): void }
}

export function isCertificateFiles(value: unknown): value is CertificateFiles {
  return typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === 'certificate-files'
}
