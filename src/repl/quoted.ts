/**
 * A text as it is written in JavaScript.
 *
 * @example
 * quoted("it's.mid") // 'it\'s.mid', in quotes
 */
export const quoted = (text: string): string => `'${text.replaceAll(/['\\]/g, String.raw`\$&`)}'`
