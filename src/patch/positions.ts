import type { KnobSpec, Patch } from './types.ts'

/** The patch with its knobs declared where they are, at some tempo: what is heard, as a patch. */
export function withPositions(patch: Patch, position: (knob: string) => number, tempo: number): Patch {
  const turned = (spec: KnobSpec, value: number): KnobSpec =>
    typeof spec === 'number' ? value : { ...spec, value }
  return {
    ...patch,
    ...((patch.tempo ?? 120) !== tempo && { tempo }),
    ...(patch.knobs && {
      knobs: Object.fromEntries(
        Object.entries(patch.knobs).map(([name, spec]) => [name, turned(spec, position(name))]),
      ),
    }),
  }
}
