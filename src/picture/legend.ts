import { sizes } from './layout.ts'
import type { Picture, PictureCable } from './picture.ts'
import { arrow, strokes } from './svg-cable.ts'
import { element, type Xml } from './xml.ts'

const row = 22
const sample = 38
const gap = 26

/** What the kinds of cables and marks that a picture has mean, in rows of at most so many pixels. */
export function legendOf(
  picture: Picture,
  width: number,
): { readonly items: readonly Xml[]; readonly height: number } {
  const entries = entriesOf(picture)
  const items: Xml[] = []
  let [x, y] = [0, 12]
  for (const { draw, says } of entries) {
    const needed = sample + says.length * sizes.smallLetter
    if (x > 0 && x + needed > width) [x, y] = [0, y + row]
    items.push(
      element(
        'g',
        { transform: `translate(${Math.round(x)} ${y})` },
        ...draw(),
        element('text', { x: sample, y: 4, class: 'dim small' }, says),
      ),
    )
    x += needed + gap
  }
  return { items, height: entries.length === 0 ? 0 : y + row }
}

interface Entry {
  readonly says: string
  readonly draw: () => Xml[]
}

function entriesOf({ nodes, cables }: Picture): Entry[] {
  const line = (says: string, cable: Pick<PictureCable, 'signal' | 'channels' | 'feedback'>): Entry => ({
    says,
    draw: () => [...strokes('M0 0H23', cable), arrow({ x: 30, y: 0 }, cable.signal)],
  })
  const plain = { channels: 1, feedback: false } as const
  const has = (test: (cable: PictureCable) => boolean): boolean => cables.some(test)
  const devices = nodes.filter((node) => node.kind === 'device')
  const word = (says: string, style: string, text: string): Entry => ({
    says,
    draw: () => [element('text', { x: 4, y: 4, class: `small ${style}` }, text)],
  })
  return [
    ...(has(({ signal, channels }) => signal === 'audio' && channels === 1)
      ? [line('audio, mono', { ...plain, signal: 'audio' })]
      : []),
    ...(has(({ signal, channels }) => signal === 'audio' && channels === 2)
      ? [line('audio, stereo', { ...plain, signal: 'audio', channels: 2 })]
      : []),
    ...(has(({ signal }) => signal === 'control') ? [line('control', { ...plain, signal: 'control' })] : []),
    ...(has(({ signal }) => signal === 'knob') ? [line('knob', { ...plain, signal: 'knob' })] : []),
    ...(has(({ feedback }) => feedback)
      ? [line('feedback: read one block late', { signal: 'audio', channels: 1, feedback: true })]
      : []),
    ...(devices.some(({ ports }) => ports.some(({ normal }) => normal))
      ? [word('normalled: read unless a cable says otherwise', 'dim italic', 'keys')]
      : []),
    ...(devices.some(({ bypass }) => bypass) ? [bypassed] : []),
  ]
}

const bypassed: Entry = {
  says: 'bypassed',
  draw: () => [element('rect', { class: 'device dashed', x: 2, y: -7, width: 28, height: 14, rx: 4 })],
}
