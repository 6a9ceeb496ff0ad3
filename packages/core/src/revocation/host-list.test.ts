import { describe, expect, it } from 'vitest'
import { allowsHost, checkHosts } from './host-list.ts'

describe('allowsHost', () => {
  it('allows exactly the hosts of the list, on the port that is written or the usual one', () => {
    const hosts = checkHosts(['crl.example', 'crl.internal:8080', '10.0.0.1', '[fd00::1]', 'plain.example:80'], 'test')
    for (const url of [
      'http://crl.example/a.crl',
      'https://crl.example/a.crl',
      'http://crl.example:80/',
      'http://CRL.example/',
      'http://crl.internal:8080/',
      'http://10.0.0.1/',
      'http://[fd00::1]/',
      'http://plain.example/',
    ]) {
      expect(allowsHost(url, hosts), url).toBe(true)
    }
    for (const url of [
      'http://crl.example:8080/',
      'https://crl.internal/',
      'http://crl.internal:80/',
      'http://a.crl.example/',
      'http://crl.example.attacker.example/',
      'http://crl.example@attacker.example/',
      'http://user@crl.example/',
      'https://plain.example/',
      'ldap://crl.example/',
      'ftp://crl.example/',
      '//crl.example/',
      'crl.example',
      '',
    ]) {
      expect(allowsHost(url, hosts), url).toBe(false)
    }
  })
})

describe('checkHosts', () => {
  it.each([
    undefined,
    [],
    'crl.example',
    ['*.example'],
    ['CRL.example'],
    ['http://crl.example'],
    ['crl.example/'],
    ['a b'],
    [''],
    ['a@b'],
    [7],
  ])('throws a TypeError for %j', (hosts) => expect(() => checkHosts(hosts, 'test')).toThrow(TypeError))
})
