import type { Picture } from './picture.ts'
import { oneLine } from './text.ts'

/** What stands above a picture: the patch's name, as one line. */
export function titleOf({ name }: Picture): string {
  const title = oneLine(name, 60)
  return title === '' ? 'untitled patch' : title
}

/** One line on what a picture shows: `8 voices (poly), 7 devices, 3 knobs, 10 cables`. */
export function summaryOf({ voices, nodes, cables }: Picture): string {
  const { count, mode } = voices
  const number = (n: number, thing: string): string => `${n} ${thing}${n === 1 ? '' : 's'}`
  const devices = nodes.filter(({ kind, id }) => kind === 'device' && id !== 'out').length
  const knobs = nodes.filter(({ kind }) => kind === 'knob').length
  return [
    mode === 'drone' ? 'one voice, always on (drone)' : `${number(count, 'voice')} (${mode})`,
    number(devices, 'device'),
    number(knobs, 'knob'),
    number(cables.length, 'cable'),
  ].join(', ')
}
