import type { PlacedCable, Point } from './layout.ts'
import type { PictureCable } from './picture.ts'
import { element, tenths, type Xml } from './xml.ts'

/** Radius of the corners of a cable. */
const corner = 7

/** Thick for audio, with a light core if it is stereo; dashed if it is read late. */
export function strokes(
  path: string,
  { signal, channels, feedback }: Pick<PictureCable, 'signal' | 'channels' | 'feedback'>,
): Xml[] {
  const weight = signal === 'audio' ? 'thick' : 'thin'
  const late = feedback ? ' late' : ''
  return [
    element('path', { class: `cable ${signal} ${weight}${late}`, d: path }),
    ...(channels === 2 ? [element('path', { class: 'core', d: path })] : []),
  ]
}

/** A cable on its way, with the dots where it forks and the arrow where it ends. */
export function cablePath({ cable, points, forks }: PlacedCable): Xml {
  const { from, to, port, amount, signal, feedback } = cable
  const said = `${from} → ${to}.${port}${amount === undefined ? '' : ` (${amount})`}: ${signal}${feedback ? ', one block late' : ''}`
  const end = points.at(-1)
  return element(
    'g',
    { id: cable.id },
    element('title', {}, said),
    ...strokes(rounded(points), cable),
    ...forks.map(({ x, y }) =>
      element('circle', { class: `dot-${signal}`, cx: x, cy: y, r: signal === 'audio' ? 3.6 : 2.8 }),
    ),
    ...(end === undefined ? [] : [arrow(end, signal)]),
  )
}

/** The head of an arrow that points to the right. */
export function arrow({ x, y }: Point, signal: PictureCable['signal']): Xml {
  return element('path', {
    class: `dot-${signal}`,
    d: `M${tenths(x - 9)} ${tenths(y - 5)}L${tenths(x)} ${tenths(y)}L${tenths(x - 9)} ${tenths(y + 5)}Z`,
  })
}

/** Straight pieces joined by round corners. */
function rounded(points: readonly Point[]): string {
  return points
    .map((point, i) => {
      const [before, after] = [points[i - 1], points[i + 1]]
      if (before === undefined) return `M${tenths(point.x)} ${tenths(point.y)}`
      if (after === undefined) return `L${tenths(point.x)} ${tenths(point.y)}`
      const radius = Math.min(corner, distance(before, point) / 2, distance(point, after) / 2)
      const [a, b] = [towards(point, before, radius), towards(point, after, radius)]
      return `L${tenths(a.x)} ${tenths(a.y)}Q${tenths(point.x)} ${tenths(point.y)} ${tenths(b.x)} ${tenths(b.y)}`
    })
    .join('')
}

const distance = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y)

function towards(from: Point, to: Point, by: number): Point {
  const whole = distance(from, to)
  const share = whole === 0 ? 0 : by / whole
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share }
}
