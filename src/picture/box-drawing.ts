/** How heavy a line is: none, light or heavy. */
export type Weight = 0 | 1 | 2

/** Every cross of light and heavy lines: for a weight upwards, then to the right, downwards and to the left. */
const glyphs = [
  ' ╴╸╷╮┑╻┒┓╶─╾╭┬┭┎┰┱╺╼━┍┮┯┏┲┳',
  '╵╯┙│┤┥╽┧┪╰┴┵├┼┽┟╁╅┕┶┷┝┾┿┢╆╈',
  '╹┚┛╿┦┩┃┨┫┖┸┹┞╀╃┠╂╉┗┺┻┡╄╇┣╊╋',
].join('')

/**
 * The character that joins four lines, or a space if there are none.
 *
 * @example
 * boxCharacter({ up: 1, right: 0, down: 1, left: 2 }) // '┥'
 */
export function boxCharacter(lines: {
  readonly up: Weight
  readonly right: Weight
  readonly down: Weight
  readonly left: Weight
}): string {
  const { up, right, down, left } = lines
  return glyphs[up * 27 + right * 9 + down * 3 + left] ?? ' '
}
