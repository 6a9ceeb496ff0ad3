/** A certificate that nobody trusts and whose key nobody has, in the forms in which proxies forward certificates. @module */
import { createHash } from 'node:crypto'

/** Self-signed, subject "countersign doctor": an application that takes it from a field says so by judging it. */
const DER =
  'MIIBrTCCAVKgAwIBAgIQbg73GgcJOZGaTd+Y5oab2DAKBggqhkjOPQQDAjAdMRswGQYDVQQDDBJjb3VudGVyc2lnbiBkb2N0b3IwIBcNMjYxMTIyMDczNjQzWhgPMjEyNjEwMjkwNzQxNDNaMB0xGzAZBgNVBAMMEmNvdW50ZXJzaWduIGRvY3RvcjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABHZ4vD4LbtS77BqNFMOO5z0OpSFSsTZ1m1WnlbEH87TgemBsV1vV60gI340ew3ssM4TNM/9JaG0RRKDTXicp87CjcjBwMAkGA1UdEwQCMAAwDgYDVR0PAQH/BAQDAgeAMBMGA1UdJQQMMAoGCCsGAQUFBwMCMB0GA1UdDgQWBBSG3MjUTJF/FyBWB6mhDe+LVu5bIDAfBgNVHSMEGDAWgBSG3MjUTJF/FyBWB6mhDe+LVu5bIDAKBggqhkjOPQQDAgNJADBGAiEAh1U06Ngxdvx31OSj0VL9ThnSLZSxx1YKPvT/FyL+8goCIQCx86gUu8Cyxqy4v18MVhF02mFVtSJmAM2KHbDOD+dIxA=='

const LINE_CHARACTERS = 64

const lines = DER.match(new RegExp(`.{1,${LINE_CHARACTERS}}`, 'g')) ?? []
const PEM = `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`

export const byteSequence: string = `:${DER}:`
export const base64Der: string = DER
export const escapedPem: string = encodeURIComponent(PEM)
export const spacedPem: string = PEM.trimEnd().replaceAll('\n', ' ')
export const xfcc: string = `Hash=${createHash('sha256').update(Buffer.from(DER, 'base64')).digest('hex')};Cert="${escapedPem}"`
