/** IP addresses as octets and as canonical text (RFC 5952). @module */

/** Text of 4 or 16 octets; of 8 or 32, address and mask with a slash between them. */
export function formatIpAddress(octets: Uint8Array): string {
  if (octets.length === 8 || octets.length === 32) {
    const half = octets.length / 2
    return `${formatIpAddress(octets.subarray(0, half))}/${formatIpAddress(octets.subarray(half))}`
  }
  return octets.length === 4 ? octets.join('.') : formatIpv6(octets)
}

/** The octets, or undefined if the text is neither a dotted quad without leading zeros nor an IPv6 address (RFC 4291 §2.2). */
export function parseIpAddress(text: string): Uint8Array | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text)
}

function formatIpv6(octets: Uint8Array): string {
  const groups = Array.from(
    { length: 8 },
    (_, index) => ((octets[2 * index] as number) << 8) | (octets[2 * index + 1] as number),
  )
  const gap = longestZeros(groups)
  const text = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':')
  return gap === undefined ? text(groups) : `${text(groups.slice(0, gap.start))}::${text(groups.slice(gap.end))}`
}

/** RFC 5952 §4.2: the first longest run of at least two zero groups. */
function longestZeros(groups: readonly number[]): { start: number; end: number } | undefined {
  let best = { start: 0, end: 1 }
  for (let start = 0; start < groups.length; start++) {
    let end = start
    while (groups[end] === 0) end++
    if (end - start > best.end - best.start) best = { start, end }
  }
  return best.end - best.start >= 2 ? best : undefined
}

function parseIpv4(text: string): Uint8Array | undefined {
  const parts = text.split('.')
  if (parts.length !== 4) return undefined
  const octets = new Uint8Array(4)
  for (const [index, part] of parts.entries()) {
    if (!/^(?:0|[1-9][0-9]{0,2})$/.test(part) || Number(part) > 255) return undefined
    octets[index] = Number(part)
  }
  return octets
}

function parseIpv6(text: string): Uint8Array | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  // An IPv4 address may only stand at the very end.
  const [head, tail] = halves.map((half, index) => parseGroups(half, index === halves.length - 1))
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined
  const missing = 16 - head.length - (tail?.length ?? 0)
  if (tail === undefined ? missing !== 0 : missing < 2) return undefined
  const octets = new Uint8Array(16)
  octets.set(head)
  if (tail !== undefined) octets.set(tail, 16 - tail.length)
  return octets
}

/** The octets of one side of the gap. */
function parseGroups(text: string, isLast: boolean): number[] | undefined {
  if (text === '') return []
  const groups = text.split(':')
  const octets: number[] = []
  for (const [index, group] of groups.entries()) {
    if (isLast && index === groups.length - 1 && group.includes('.')) {
      const ipv4 = parseIpv4(group)
      if (ipv4 === undefined) return undefined
      octets.push(...ipv4)
    } else if (/^[0-9a-fA-F]{1,4}$/.test(group)) {
      const value = Number.parseInt(group, 16)
      octets.push(value >> 8, value & 0xff)
    } else return undefined
  }
  return octets.length > 16 ? undefined : octets
}
