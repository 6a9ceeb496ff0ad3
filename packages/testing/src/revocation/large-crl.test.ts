import 'reflect-metadata/lite'
import * as peculiar from '@peculiar/x509'
import { describe, expect, it } from 'vitest'
import { refusalByOpenSsl } from '../../test/handshake.ts'
import { childrenOf, readElement } from '../der/read.ts'
import { createAuthority } from '../pki/authority.ts'
import { createLargeCrl } from './large-crl.ts'

describe('createLargeCrl', () => {
  it('lists the serial numbers it says it lists, and those it was given', async () => {
    const root = await createAuthority()
    const [alice, bob, server] = await Promise.all([root.issueClient(), root.issueClient(), root.issueServer()])
    const list = await createLargeCrl(root, { entries: 500, revoked: [alice], reason: 'superseded' })
    const parsed = new peculiar.X509Crl(list.der)
    expect(parsed.entries).toHaveLength(501)
    expect(parsed.entries.slice(0, 500).map(({ serialNumber }) => serialNumber)).toEqual(
      Array.from({ length: 500 }, (_, i) => list.serialNumberAt(i)),
    )
    expect(parsed.entries[7]?.reason).toBe(peculiar.X509CrlReason.superseded)
    expect(parsed.entries[500]?.serialNumber).toBe(alice.serialNumber)
    const refusal = (client: typeof alice) =>
      refusalByOpenSsl(client.tls, server, { ca: root.certificate.pem, crl: list.pem })
    expect(await refusal(alice)).toBe('CERT_REVOKED')
    expect(await refusal(bob)).toBeUndefined()
  })

  it('never repeats a serial number, and repeats all with the same seed', async () => {
    const root = await createAuthority()
    const list = await createLargeCrl(root, { entries: 100_000, serialOctets: 5 })
    const serials = new Set(Array.from({ length: 110_000 }, (_, i) => list.serialNumberAt(i)))
    expect(serials.size).toBe(110_000)
    const again = await createLargeCrl(root, { entries: 1, serialOctets: 5 })
    const other = await createLargeCrl(root, { entries: 1, serialOctets: 5, seed: 2 })
    expect(again.serialNumberAt(99)).toBe(list.serialNumberAt(99))
    expect(other.serialNumberAt(99)).not.toBe(list.serialNumberAt(99))
  })

  it('takes 35 octets an entry by default', async () => {
    const list = await createLargeCrl(await createAuthority(), { entries: 10_000 })
    const fields = childrenOf(readElement(list.der).contents)
    expect(fields[5]?.contents).toHaveLength(350_000)
  })

  it('can be empty', async () => {
    const list = await createLargeCrl(await createAuthority(), { entries: 0 })
    expect(new peculiar.X509Crl(list.der).entries).toHaveLength(0)
  })
})
