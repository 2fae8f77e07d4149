/**
 * Hash of some bytes as 16 hexadecimal digits: FNV-1a with two different offsets, 32 bits each. It names content, it
 * protects nothing. Source: Fowler, Noll, Vo.
 */
export function hashBytes(bytes: Uint8Array): string {
  let [a, b] = [0x811c9dc5, 0x01000193 ^ bytes.length]
  for (const byte of bytes) {
    a = Math.imul(a ^ byte, 0x01000193)
    b = Math.imul(b ^ byte ^ (a >>> 24), 0x85ebca6b)
  }
  return [a, b].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('')
}
