import { describe, expect, it } from 'vitest'
import { isHostName, isWithinDomain, parseDnsName } from './dns-name.ts'
import { parseMailbox } from './mailbox.ts'
import { parseUriHost } from './uri-host.ts'

describe('parseDnsName', () => {
  it.each([
    ['a.example', { host: 'a.example', wildcard: false }],
    ['A.EXAMPLE', { host: 'a.example', wildcard: false }],
    ['*.example', { host: 'example', wildcard: true }],
    ['xn--bcher-kva.example', { host: 'xn--bcher-kva.example', wildcard: false }],
    ['1a.2b', { host: '1a.2b', wildcard: false }],
    [`${'a'.repeat(63)}.b`, { host: `${'a'.repeat(63)}.b`, wildcard: false }],
  ])('reads %j', (text, expected) => {
    expect(parseDnsName(text)).toEqual(expected)
  })

  it.each([
    '',
    '.',
    'a.',
    '.a',
    'a..b',
    '*',
    '*.',
    '*.*.a',
    'a.*',
    'a*.b',
    '-a.b',
    'a-.b',
    'a_b.c',
    'a b',
    'a\0',
    '1.2.3.4',
    'a.1',
    'ä.b',
    `${'a'.repeat(64)}.b`,
    'a.'.repeat(127),
  ])('refuses %j', (text) => {
    expect(parseDnsName(text)).toBeUndefined()
  })
})

it('allows underscores only where it is asked to', () => {
  expect(isHostName('my_host.example', true)).toBe(true)
  expect(isHostName('my_host.example', false)).toBe(false)
})

it.each([
  ['a.example', 'example', true],
  ['example', 'example', true],
  ['example', '', true],
  ['xample', 'example', false],
  ['badexample', 'example', false],
  ['example', 'a.example', false],
])('%s within %s: %s', (host, domain, expected) => {
  expect(isWithinDomain(host, domain)).toBe(expected)
})

describe('parseMailbox', () => {
  it.each([
    ['a@b.example', { local: 'a', domain: 'b.example' }],
    ['A.b+c@B.Example', { local: 'A.b+c', domain: 'b.example' }],
    ['"a b"@c', { local: 'a b', domain: 'c' }],
    ['"a\\"b\\\\"@c', { local: 'a"b\\', domain: 'c' }],
    ['"a@b"@c', { local: 'a@b', domain: 'c' }],
    ['*@b', { local: '*', domain: 'b' }],
    ['a@[192.0.2.1]', { local: 'a', domain: '[192.0.2.1]' }],
  ])('reads %j', (text, expected) => {
    expect(parseMailbox(text)).toEqual(expected)
  })

  it.each([
    '',
    'a',
    '@',
    'a@',
    '@b',
    'a@b@c',
    '.a@b',
    'a.@b',
    'a..b@c',
    'a b@c',
    'a@b c',
    'a@.b',
    'a@b.',
    'a@b..c',
    '"a@b',
    '"a"b@c',
    '"a\\',
    'a@[]',
    'a@[b@c]',
    `a@${'b'.repeat(260)}`,
  ])('refuses %j', (text) => {
    expect(parseMailbox(text)).toBeUndefined()
  })
})

describe('parseUriHost', () => {
  it.each([
    ['spiffe://td.example/a', 'td.example'],
    ['SPIFFE://TD.example', 'td.example'],
    ['https://u:p@h.example:443/a?b#c', 'h.example'],
    ['https://h.example:8080/', 'h.example'],
    ['https://h.example?x@y', 'h.example'],
    ['https://h.example#x@y', 'h.example'],
    ['spiffe://prod_1/a', 'prod_1'],
    ['https://h.example:/', 'h.example'],
  ])('finds the host of %j', (text, host) => {
    expect(parseUriHost(text)).toEqual({ kind: 'host', host })
  })

  it.each([
    'urn:a',
    'mailto:a@b',
    'https:///a',
    'https://192.0.2.1/',
    'https://[2001:db8::1]/',
    'https://h%2eexample/',
    'https://h.example:x/',
    'https://h.example:123456/',
    'https://h.example./',
    'a:',
  ])('finds no host in %j', (text) => {
    expect(parseUriHost(text)).toEqual({ kind: 'none' })
  })

  it.each([
    '',
    ':',
    '//h.example',
    'h.example',
    '1a://h',
    'a b://h',
    'https://h.example/ä',
    'https://h.example/a b',
    'https://h.example\\@x',
    'https://a@b@h.example/',
    'https://h.example/"',
    'https://h.example/\0',
  ])('takes %j for no URI', (text) => {
    expect(parseUriHost(text)).toBeUndefined()
  })
})
