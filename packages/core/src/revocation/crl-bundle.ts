/** Whatever a file or a server holds of CRLs: one in DER, or PEM with any number of them; all or nothing. @module */
import { runInSlices } from '../primitives/slices.ts'
import { type Crl, loadCrl, parseCrl } from './crl.ts'
import { CrlError } from './crl-error.ts'
import { CrlPemWalk } from './crl-pem.ts'

/** Octets of text between two looks at the clock: some tenths of a millisecond. */
const OCTETS_A_STEP = 65_536

/** At least one. @throws CrlError */
export function parseCrlBundle(octets: Uint8Array): readonly Crl[] {
  if (isDer(octets)) return [parseCrl(octets)]
  const walk = new CrlPemWalk(octets)
  while (!walk.step(Number.MAX_SAFE_INTEGER));
  return blocksOf(walk).map((der) => parseCrl(der))
}

/** The same in slices of a few milliseconds. Rejects with a CrlError, or with the signal's reason. */
export async function loadCrlBundle(octets: Uint8Array, signal?: AbortSignal): Promise<readonly Crl[]> {
  if (isDer(octets)) return [await loadCrl(octets, signal)]
  const walk = new CrlPemWalk(octets)
  await runInSlices(() => walk.step(OCTETS_A_STEP), signal)
  const crls: Crl[] = []
  for (const der of blocksOf(walk)) crls.push(await loadCrl(der, signal))
  return crls
}

/** A CRL in DER is a SEQUENCE with a long length; no text has that octet, the digit 0, before one above ASCII. */
function isDer(octets: Uint8Array): boolean {
  return octets[0] === 0x30 && (octets[1] ?? 0) >= 0x80
}

function blocksOf(walk: CrlPemWalk): readonly Uint8Array[] {
  const blocks = walk.blocks()
  if (blocks.length === 0) throw new CrlError('crl-malformed', 0, 'neither DER nor PEM of a CRL')
  return blocks
}
