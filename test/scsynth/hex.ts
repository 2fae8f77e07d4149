/** Bytes from a listing: hex digits, `"text"` as ASCII, `//` comments; layout means nothing. */
export function hex(listing: string): Uint8Array {
  const bytes: number[] = []
  for (const [token] of listing.replace(/\/\/.*$/gm, '').matchAll(/"[^"]*"|[^\s"]+/g)) {
    if (token.startsWith('"')) for (const character of token.slice(1, -1)) bytes.push(character.charCodeAt(0))
    else if (/^([0-9a-f]{2})+$/.test(token))
      for (const pair of token.match(/../g) ?? []) bytes.push(Number.parseInt(pair, 16))
    else throw new Error(`not hex: ${token}`)
  }
  return Uint8Array.from(bytes)
}
