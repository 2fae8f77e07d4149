import type { MidiTarget } from '../../src/midi/connect.ts'
import { edited, type Edit, type Patch } from '../../src/patch/index.ts'
import type { NoteEvent } from '../../src/plan/index.ts'

/** A synth that only writes down what is asked of it. */
export class FakeSynth implements MidiTarget {
  patch: Patch
  readonly events: NoteEvent[] = []
  /** Every position that a knob was given: `cutoff 0.5`. */
  readonly turns: string[] = []
  readonly #positions = new Map<string, number>()

  constructor(knobs: NonNullable<Patch['knobs']> = {}) {
    this.patch = { knobs, devices: {} }
  }

  play(event: NoteEvent): void {
    this.events.push(event)
  }

  setKnob(name: string, position: number): void {
    this.#positions.set(name, position)
    this.turns.push(`${name} ${Math.round(position * 1000) / 1000}`)
  }

  knob(name: string): number {
    const knob = this.patch.knobs?.[name]
    if (knob === undefined) throw new Error(`no knob ${name}`)
    return this.#positions.get(name) ?? (typeof knob === 'number' ? knob : knob.value)
  }

  async edit(edit: Edit): Promise<void> {
    this.patch = edited(this.patch, edit)
    await Promise.resolve()
  }
}
