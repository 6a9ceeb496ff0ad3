/** Peppers: secrets of the verifying process that stand outside the registry, so that a stolen registry proves no key. @module */

/** HMAC keys shorter than the hash gain nothing from being secret (RFC 2104 §3). */
const MIN_PEPPER_BYTES = 32

export interface Pepper {
  /** Written into each digest made with it. Letters and digits, at most 16. */
  readonly version: string
  /** At least 32 random octets. */
  readonly secret: Uint8Array
}

export interface Peppers {
  /** New digests are made with this one. */
  readonly current: Pepper
  /** Digests made with one of these still hold: that is how a pepper is rotated without issuing keys anew. */
  readonly earlier?: readonly Pepper[]
}

/** @throws TypeError that names the option and never the secret */
export function checkPeppers(peppers: Peppers, option: string): void {
  const all = [peppers.current, ...(peppers.earlier ?? [])]
  for (const pepper of all) {
    if (!/^[A-Za-z0-9]{1,16}$/.test(pepper?.version)) {
      throw new TypeError(`${option}: a pepper's version is 1 to 16 letters and digits`)
    }
    if (!(pepper.secret instanceof Uint8Array) || pepper.secret.length < MIN_PEPPER_BYTES) {
      throw new TypeError(
        `${option}: pepper ${pepper.version} is not a Uint8Array of at least ${MIN_PEPPER_BYTES} octets`,
      )
    }
  }
  if (new Set(all.map((pepper) => pepper.version)).size !== all.length) {
    throw new TypeError(`${option}: two peppers have the same version`)
  }
}

export function findPepper(peppers: Peppers | undefined, version: string): Pepper | undefined {
  if (peppers === undefined) return undefined
  if (peppers.current.version === version) return peppers.current
  return peppers.earlier?.find((pepper) => pepper.version === version)
}
