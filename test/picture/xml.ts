/** An element as it was read. */
export interface Read {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly (Read | string)[]
}

const names = { amp: '&', lt: '<', gt: '>', quot: '"' } as const

function unescaped(text: string, where: string): string {
  if (/[<>\p{Cc}\p{Cs}\ufffe\uffff]/u.test(text.replaceAll(/[\t\n\r]/g, '')))
    throw new Error(`a character that XML does not allow in ${where}: ${JSON.stringify(text)}`)
  return text.replaceAll(/&(\w*);?/g, (all, name: string) => {
    if (!all.endsWith(';') || !Object.hasOwn(names, name)) throw new Error(`a bare & in ${where}`)
    return names[name as keyof typeof names]
  })
}

/** Reads XML of elements, attributes in double quotes and text; throws for everything that is not well-formed. */
export function readXml(xml: string): Read {
  const stack: { name: string; attributes: Record<string, string>; children: (Read | string)[] }[] = [
    { name: '', attributes: {}, children: [] },
  ]
  const tag = /<(\/?)([A-Za-z][\w-]*)((?:\s+[A-Za-z][\w:-]*="[^"<]*")*)\s*(\/?)>|([^<]+)/gy
  while (tag.lastIndex < xml.length) {
    const from = tag.lastIndex
    const [, close, name = '', list = '', empty, text] = tag.exec(xml) ?? []
    if (tag.lastIndex === 0) throw new Error(`not well-formed: ${xml.slice(from, from + 60)}`)
    const top = stack.at(-1)
    if (top === undefined) throw new Error('more than one root')
    if (text !== undefined) {
      top.children.push(unescaped(text, 'a text'))
    } else if (close === '/') {
      if (top.name !== name) throw new Error(`</${name}> closes <${top.name}>`)
      stack.pop()
    } else {
      const attributes: Record<string, string> = {}
      for (const [, key = '', value = ''] of list.matchAll(/([\w:-]+)="([^"]*)"/g)) {
        if (Object.hasOwn(attributes, key)) throw new Error(`${key} twice in <${name}>`)
        attributes[key] = unescaped(value, key)
      }
      const element = { name, attributes, children: [] }
      top.children.push(element)
      if (empty !== '/') stack.push(element)
    }
  }
  const [root, ...open] = stack
  const elements = (root?.children ?? []).filter((child) => typeof child !== 'string')
  if (open.length > 0) throw new Error(`<${open.at(-1)?.name}> is not closed`)
  if (elements.length !== 1) throw new Error(`${elements.length} roots`)
  return elements[0] as Read
}

/** An element and all below it. */
export function* elementsOf(element: Read): Generator<Read> {
  yield element
  for (const child of element.children) if (typeof child !== 'string') yield* elementsOf(child)
}

/** All text within an element. */
export function textOf({ children }: Read): string {
  return children.map((child) => (typeof child === 'string' ? child : textOf(child))).join('')
}
