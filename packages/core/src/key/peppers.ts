/** Peppers: secrets of the verifying process that stand outside the registry, so that a stolen registry proves no key. @module */

/** HMAC keys shorter than the hash give away part of its strength (RFC 2104 §3). */
const MIN_PEPPER_BYTES = 32

/** By version. Digests name theirs, so several hold at once: that is how a pepper is rotated without issuing keys anew. */
export type Peppers = Readonly<Record<string, Uint8Array>>

/** The one that new digests are made with. */
export interface Pepper {
  /** One to sixteen letters and digits. */
  readonly version: string
  /** At least 32 random octets. */
  readonly secret: Uint8Array
}

/** @throws TypeError that names the option and never the secret */
export function checkPepper({ version, secret }: Pepper, option: string): void {
  if (typeof version !== 'string' || !isPepperVersion(version)) {
    throw new TypeError(`${option}: a pepper's version is one to sixteen letters and digits`)
  }
  if (!(secret instanceof Uint8Array) || secret.length < MIN_PEPPER_BYTES) {
    throw new TypeError(`${option}: pepper ${version} is not a Uint8Array of at least ${MIN_PEPPER_BYTES} octets`)
  }
}

/** @throws TypeError that names the option and never a secret */
export function checkPeppers(peppers: Peppers, option: string): void {
  for (const [version, secret] of Object.entries(peppers)) checkPepper({ version, secret }, option)
}

export function isPepperVersion(text: string): boolean {
  return /^[A-Za-z0-9]{1,16}$/.test(text)
}
