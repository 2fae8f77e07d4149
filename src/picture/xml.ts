/** A piece of XML that is well-formed: unlike a string it needs no escaping. */
export interface Xml {
  readonly xml: string
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** A text as XML 1.0 can hold it; what it cannot hold at all becomes U+FFFD. */
function escapeXml(text: string): string {
  return text
    .replaceAll(/[&<>"]/g, (character) => escapes[character] ?? '')
    .replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
}

/**
 * An element. Strings are escaped, numbers rounded to a tenth.
 *
 * @example
 * element('text', { x: 10 }, 'a < b').xml // '<text x="10">a &lt; b</text>'
 */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  ...content: readonly (Xml | string)[]
): Xml {
  const written = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? tenths(value) : escapeXml(value)}"`)
    .join('')
  if (content.length === 0) return { xml: `<${name}${written}/>` }
  const inside = content.map((part) => (typeof part === 'string' ? escapeXml(part) : part.xml))
  // elements stand on lines of their own, so that a changed picture is a short difference
  const inner = content.every((part) => typeof part === 'string')
    ? inside.join('')
    : `\n${inside.join('\n')}\n`
  return { xml: `<${name}${written}>${inner}</${name}>` }
}

/** A coordinate, exact to a tenth of a pixel. */
export const tenths = (value: number): string => String(Math.round(value * 10) / 10)
