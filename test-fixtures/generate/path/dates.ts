/** When certificates are valid, and how they say so. @module */
import { malformCertificate } from '../../../packages/testing/src/index.ts'
import { ca, caption, client, later, NOW, type PathCase, root } from './drawing.ts'

const DATES = 'RFC 5280 §6.1.3 (a)(2)'
const FORMS = 'RFC 5280 §4.1.2.5'

export async function dateCases(): Promise<PathCase[]> {
  const anchor = await root('Root')
  const issuing = await ca('Issuing CA', anchor)
  const expiredCa = await ca('Renewed CA, expired', anchor, {
    name: 'Renewed CA',
    notBefore: later(-1000),
    notAfter: later(-10),
  })
  const renewedCa = await ca('Renewed CA, the same key again', anchor, { name: 'Renewed CA', keys: expiredCa.keys })
  const futureCa = await ca('Future CA', anchor, { notBefore: later(60) })
  const expiredRoot = await root('Expired root', { notBefore: later(-1000), notAfter: later(-1) })
  const futureRoot = await root('Future root', { notBefore: later(60) })
  const ending = await client('Client, ends now', issuing, { notAfter: NOW })
  const beginning = await client('Client, begins now', issuing, { notBefore: NOW })
  const underRenewed = await client('Client of the renewed CA', expiredCa)
  const underExpiredRoot = await client('Client of the expired root', expiredRoot)
  const ordinary = await client('Client', issuing)
  const malformed = async (
    text: string,
    kind: Parameters<typeof malformCertificate>[1],
  ): ReturnType<typeof malformCertificate> => caption(text, await malformCertificate(ordinary, kind))
  const chain = { intermediates: [issuing], anchors: [anchor] }
  return [
    {
      id: 'dates/expired-leaf',
      title: 'A leaf that has expired.',
      clause: DATES,
      leaf: await client('Client, ended a second ago', issuing, { notAfter: later(-1) }),
      ...chain,
      expected: { code: 'certificate-expired', index: 0 },
    },
    {
      id: 'dates/future-leaf',
      title: 'A leaf that is not valid yet.',
      clause: DATES,
      leaf: await client('Client, begins in a second', issuing, { notBefore: later(1) }),
      ...chain,
      expected: { code: 'certificate-not-yet-valid', index: 0 },
    },
    {
      id: 'dates/at-not-after',
      title: 'notAfter is inside.',
      clause: FORMS,
      leaf: ending,
      ...chain,
      expected: 'accepted',
    },
    {
      id: 'dates/fraction-after-not-after',
      title: 'The last second lasts a second.',
      clause: FORMS,
      leaf: ending,
      ...chain,
      at: later(0.999),
      expected: 'accepted',
    },
    {
      id: 'dates/second-after-not-after',
      title: 'And no longer.',
      clause: FORMS,
      leaf: ending,
      ...chain,
      at: later(1),
      expected: { code: 'certificate-expired', index: 0 },
    },
    {
      id: 'dates/at-not-before',
      title: 'notBefore is inside.',
      clause: FORMS,
      leaf: beginning,
      ...chain,
      expected: 'accepted',
    },
    {
      id: 'dates/fraction-before-not-before',
      title: 'A millisecond before notBefore is outside.',
      clause: FORMS,
      leaf: beginning,
      ...chain,
      at: later(-0.001),
      expected: { code: 'certificate-not-yet-valid', index: 0 },
    },
    {
      id: 'dates/expired-intermediate',
      title: 'An intermediate that has expired.',
      clause: DATES,
      leaf: underRenewed,
      intermediates: [expiredCa],
      anchors: [anchor],
      expected: { code: 'certificate-expired', index: 1 },
    },
    {
      id: 'dates/renewed-intermediate',
      title: 'Its renewal, with the same key, carries the path.',
      clause: DATES,
      leaf: underRenewed,
      intermediates: [expiredCa, renewedCa],
      anchors: [anchor],
      path: [underRenewed, renewedCa, anchor],
      expected: 'accepted',
    },
    {
      id: 'dates/future-intermediate',
      title: 'An intermediate that is not valid yet.',
      clause: DATES,
      leaf: await client('Client of the future CA', futureCa),
      intermediates: [futureCa],
      anchors: [anchor],
      expected: { code: 'certificate-not-yet-valid', index: 1 },
    },
    {
      id: 'dates/expired-anchor',
      title: 'An expired anchor is refused.',
      clause: 'RFC 5937 §3.2',
      leaf: underExpiredRoot,
      anchors: [expiredRoot],
      expected: { code: 'anchor-expired', index: 1 },
    },
    {
      id: 'dates/expired-anchor-accepted',
      title: 'Unless told otherwise.',
      clause: 'RFC 5280 §6.1.1 (d)',
      leaf: underExpiredRoot,
      anchors: [expiredRoot],
      options: { expiredAnchors: 'accept' },
      expected: 'accepted',
    },
    {
      id: 'dates/expired-anchor-by-name',
      title: 'A name and a key do not expire.',
      clause: 'RFC 5280 §6.1.1 (d)',
      leaf: underExpiredRoot,
      anchors: [{ of: expiredRoot }],
      expected: 'accepted',
    },
    {
      id: 'dates/future-anchor',
      title: 'An anchor that is not valid yet.',
      clause: 'RFC 5937 §3.2',
      leaf: await client('Client of the future root', futureRoot),
      anchors: [futureRoot],
      expected: { code: 'anchor-not-yet-valid', index: 1 },
    },
    {
      id: 'dates/utc-time-49',
      title: 'UTCTime 49 is 2049.',
      clause: 'RFC 5280 §4.1.2.5.1',
      leaf: await client('Client, until 2049', issuing, { notAfter: new Date('2049-12-31T23:59:59Z') }),
      intermediates: [issuing],
      anchors: [anchor],
      expected: 'accepted',
    },
    {
      id: 'dates/utc-time-50',
      title: 'UTCTime 50 is 1950.',
      clause: 'RFC 5280 §4.1.2.5.1',
      leaf: await client('Client, since 1950', issuing, { notBefore: new Date('1950-01-01T00:00:00Z') }),
      ...chain,
      expected: 'accepted',
    },
    {
      id: 'dates/generalized-time-9999',
      title: 'No end is well-defined (99991231235959Z).',
      clause: FORMS,
      leaf: await client('Client, until 9999', issuing, { notAfter: new Date('9999-12-31T23:59:59Z') }),
      ...chain,
      expected: 'accepted',
    },
    {
      id: 'dates/generalized-time-before-2050',
      title: 'A verifier reads GeneralizedTime before 2050.',
      clause: FORMS,
      leaf: await malformed('Client, GeneralizedTime before 2050', 'generalized-time-before-2050'),
      ...chain,
      expected: 'accepted',
    },
    {
      id: 'dates/fractional-seconds',
      title: 'Fractions of a second are no form of this profile.',
      clause: 'RFC 5280 §4.1.2.5.2',
      leaf: await malformed('Client, fractional seconds', 'fractional-seconds'),
      ...chain,
      expected: { code: 'certificate-malformed', index: 0, error: 'der-time-invalid' },
    },
    {
      id: 'dates/no-seconds',
      title: 'Seconds must be there.',
      clause: 'RFC 5280 §4.1.2.5.1',
      leaf: await malformed('Client, no seconds', 'seconds-absent'),
      ...chain,
      expected: { code: 'certificate-malformed', index: 0, error: 'der-time-invalid' },
    },
    {
      id: 'dates/offset',
      title: 'The zone is Z.',
      clause: 'RFC 5280 §4.1.2.5.1',
      leaf: await malformed('Client, +0000 for Z', 'offset-instead-of-zulu'),
      ...chain,
      expected: { code: 'certificate-malformed', index: 0, error: 'der-time-invalid' },
    },
  ]
}
