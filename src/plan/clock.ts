import { clockNames } from '../patch/ports.ts'
import { encodeSynthDefs } from '../scsynth/index.ts'
import { add, binaryOp, compileSynthDef, control, mul, neg, ugens } from '../ugens/index.ts'
import { controlNames, type DeviceSynthDef } from './device-synthdef.ts'
import { hashBytes } from './hash.ts'
import { knobKey, type KnobMapping } from './knobs.ts'
import type { NetworkNode } from './network.ts'
import { beatsPerBar, tolerance } from './tempo.ts'
import type { WiredDevice } from './wiring.ts'

const { Out, Phasor } = ugens

/** The name of the clock among nodes: no device can have it. */
export const clockName = 'clock'

/** Controls by which the client tells the clock where it is. */
export const clockControls = {
  /** Beats from the beginning of a bar, where it is as `sync` comes. Below 0: it has not been told yet, and is silent. */
  at: '-at',
  /** Anything above 0: it is at `at` now. A trigger: rests at 0. */
  sync: '-sync',
} as const

/**
 * What the client writes of the tempo, like knobs: beats a block, as a number that a float holds and what is left of it.
 * With one float the clock would be off by 0.1 ms after half an hour.
 */
const clockKnobs = { rate: 'clock.rate', fine: 'clock.fine' } as const

/** Positions of {@link clockKnobs} for so many beats a block; 0 is a standstill. */
export function clockPositions(rate: number): ReadonlyMap<string, number> {
  const nearest = Math.fround(rate)
  // rounded down: what is left is never below 0
  const coarse = nearest > rate ? Math.fround(nearest * (1 - 2 ** -24)) : nearest
  return new Map([
    [clockKnobs.rate, coarse],
    [clockKnobs.fine, rate - coarse],
  ])
}

/** Whether a device reads the clock. */
export function usesClock(wired: readonly WiredDevice[]): boolean {
  return wired.some(({ readings }) =>
    readings.some(({ sources }) => sources.some(({ kind }) => kind === 'clock')),
  )
}

/** The node that writes the buses of the clock, with its SynthDef and what the client writes for it. */
export function clockNode(): {
  readonly node: NetworkNode
  readonly def: DeviceSynthDef
  readonly mappings: readonly KnobMapping[]
} {
  const def = (known ??= compileClock())
  const tempo = (name: string): KnobMapping => ({ terms: [{ name, amount: 1 }], base: 0, form: 'level' })
  const mappings = { rate: tempo(clockKnobs.rate), fine: tempo(clockKnobs.fine) }
  const node: NetworkNode = {
    name: clockName,
    type: clockName,
    part: 'before',
    def: def.name,
    rate: 'control',
    channels: 1,
    sum: 1,
    further: clockNames.length - 1,
    own: true,
    mix: false,
    random: false,
    rings: false,
    watched: false,
    controls: {
      rate: { kind: 'knobs', mapping: knobKey(mappings.rate) },
      fine: { kind: 'knobs', mapping: knobKey(mappings.fine) },
      [controlNames.own]: { kind: 'bus', node: clockName, part: 'before', side: 'own' },
    },
    bases: {},
  }
  return { node, def, mappings: Object.values(mappings) }
}

let known: DeviceSynthDef | undefined

/** Counts beats from where it was told to be. The server's Phasor adds up in double precision. */
function compileClock(): DeviceSynthDef {
  const sync = control(clockControls.sync, 0, { rate: 'trigger' })
  const at = control(clockControls.at, -1)
  // at a trigger a Phasor is a step beyond where it is told to be
  const counted = ['rate', 'fine'].map((name) =>
    Phasor.kr(sync, control(name), 0, beatsPerBar, neg(control(name))),
  )
  const position = add(at, ...counted, tolerance)
  const told = binaryOp('ge', at, 0)
  const phase = binaryOp('mod', position, 1)
  // while it stands, no gate is held
  const goes = binaryOp('gt', control('rate'), 0)
  const outputs = {
    beat: mul(binaryOp('lt', phase, 0.5), goes),
    phase,
    bar: mul(binaryOp('lt', binaryOp('mod', position, beatsPerBar), 0.5), goes),
  }
  const bus = control(controlNames.own, 0, { rate: 'scalar' })
  const def = compileSynthDef('', [Out.kr(bus, ...clockNames.map((name) => mul(outputs[name], told)))])
  const name = `${clockName}-${hashBytes(encodeSynthDefs([def]))}`
  return { name, bytes: encodeSynthDefs([{ ...def, name }]), delays: [], random: false }
}
