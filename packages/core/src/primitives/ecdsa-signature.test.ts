import { generateKeyPairSync, sign, verify } from 'node:crypto'
import { expect, it } from 'vitest'
import { ecdsaSignatureToP1363 } from './ecdsa-signature.ts'

const convert = (hex: string, width = 32): Uint8Array | undefined =>
  ecdsaSignatureToP1363(Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex')), width)

it('turns the signatures of every curve into what the runtime takes for the same', () => {
  for (const [namedCurve, width] of [
    ['P-256', 32],
    ['P-384', 48],
    ['P-521', 66],
  ] as const) {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve })
    for (let round = 0; round < 8; round++) {
      const data = Buffer.from(`${namedCurve} ${round}`)
      const raw = ecdsaSignatureToP1363(sign('sha256', data, privateKey), width) as Uint8Array
      expect(raw).toHaveLength(2 * width)
      expect(verify('sha256', data, { key: publicKey, dsaEncoding: 'ieee-p1363' }, raw)).toBe(true)
    }
  }
})

it('pads short numbers and drops the sign octet', () => {
  const raw = convert('30 07 02 01 05 02 02 00 ff') as Uint8Array
  expect(raw[31]).toBe(5)
  expect(raw[63]).toBe(0xff)
})

it.each([
  ['nothing', ''],
  ['another type', '31 06 02 01 01 02 01 01'],
  ['trailing data inside', '30 08 02 01 01 02 01 01 05 00'],
  ['trailing data outside', '30 06 02 01 01 02 01 01 00'],
  ['one number', '30 03 02 01 01'],
  ['a length that is too long', '30 07 02 01 01 02 01 01'],
  ['a length in long form', '30 81 06 02 01 01 02 01 01'],
  ['the indefinite length', '30 80 02 01 01 02 01 01 00 00'],
  ['a negative number', '30 06 02 01 80 02 01 01'],
  ['a padded number', '30 07 02 02 00 01 02 01 01'],
  ['an empty number', '30 05 02 00 02 01 01'],
  ['a lone sign octet', '30 06 02 01 00 02 01 01'],
  ['a number that is too long', `30 26 02 21 01 ${'00'.repeat(32)} 02 01 01`],
  ['a number that reaches beyond the end', '30 06 02 01 01 02 02 01'],
])('refuses %s', (_, hex) => {
  expect(convert(hex)).toBeUndefined()
})
