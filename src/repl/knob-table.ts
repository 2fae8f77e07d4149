import { quantity } from '../errors/index.ts'
import type { ParsedPatch } from '../patch/index.ts'
import type { DeviceType } from '../devices/index.ts'
import { compile, knobbed } from '../plan/index.ts'
import { table } from '../picture/table.ts'
import { oneLine } from '../picture/text.ts'
import { bar } from './bar.ts'

/** Width of the bars. */
const barColumns = 20

/**
 * The knobs of a patch as lines of text: how far each is turned, and what that makes of each port it moves.
 *
 * @param position of each knob, 0..1
 */
export function knobTable(
  parsed: ParsedPatch,
  catalogue: Readonly<Record<string, DeviceType>>,
  position: (knob: string) => number,
  { width, only }: { readonly width: number; readonly only?: string },
): string[] {
  const { wired } = compile(parsed, { catalogue })
  const readings = wired.flatMap(({ name, readings: all }) =>
    all.map((reading) => ({ place: `${name}.${reading.port}`, reading })),
  )
  const movesOf = (knob: string): string =>
    readings
      .filter(({ reading }) => reading.knobs.some(({ name }) => name === knob))
      .map(({ place, reading }) => {
        const value = knobbed(reading, parsed.knobs, position)
        const unit = reading.declaration.kind === 'value' ? reading.declaration.unit : undefined
        return value === undefined ? place : `${place} ${quantity(value, unit)}`
      })
      .join(', ')
  const rows = Object.entries(parsed.knobs)
    .filter(([name]) => only === undefined || name === only)
    .map(([name, { label }]) => [
      name,
      label === undefined ? '' : oneLine(label, 24),
      `▕${bar(position(name), barColumns)}▏`,
      position(name).toFixed(2),
      movesOf(name),
    ])
  return table(rows, { indent: 0, width })
}
