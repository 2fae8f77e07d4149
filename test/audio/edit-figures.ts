import { createOffline, type ConnectionSpec, type Patch, type OfflineSynth } from '../../src/index.ts'
import type { Base } from './edit-bases.ts'
import { constantCases, editCases, tailCases, type EditCase, type EditClass } from './edit-cases.ts'
import { endsOf } from './edit-notation.ts'
import { clickFigure, peak, rms } from './ear.ts'

/** What is measured, as BUDGETS has it: `least` is a lower bound, `most` an upper one. */
export const figures = {
  elsewhere: { title: 'S1 samples that differ elsewhere', most: 0 },
  click: { title: 'S2 click', most: 1.25 },
  tail: { title: 'S3 energy of the tail', least: 0.95 },
  same: { title: 'S4 samples that differ', most: 0 },
  constant: { title: 'S4b deviation of what does not change', most: 0.01 },
  level: { title: 'level at its lowest', least: 0.95 },
  held: { title: 'level that a held note settles at', least: 0.5 },
  silent: { title: 'peak after the end', most: 1e-4 },
  applied: { title: 'edits that failed', most: 0 },
} as const satisfies Record<string, { title: string } & ({ most: number } | { least: number })>

export type Figure = keyof typeof figures

/** One figure of one edit. */
export interface Finding {
  readonly class: EditClass
  readonly figure: Figure
  readonly value: number
  /** Patch, edit, devices. */
  readonly edit: string
  /** Chord and time; empty for what concerns the whole. */
  readonly moment: string
}

/** `≤ 1.25`. */
export function budgetOf(figure: Figure): string {
  const limits: { most?: number; least?: number } = figures[figure]
  return limits.most === undefined ? `≥ ${limits.least}` : `≤ ${limits.most}`
}

/** Whether a figure is within its budget; one that is no number is not. */
export function kept({ figure, value }: Finding): boolean {
  const { most, least }: { most?: number; least?: number } = figures[figure]
  return most === undefined ? value >= (least ?? 0) : value <= most
}

/** The worst finding of each figure, in the order of {@link figures}. */
export function worst(findings: readonly Finding[]): Finding[] {
  return (Object.keys(figures) as Figure[]).flatMap((figure) => {
    const sign = 'least' in figures[figure] ? 1 : -1
    const those = findings.filter((finding) => finding.figure === figure)
    // what is no number is worse than any
    const rank = ({ value }: Finding): number => (Number.isNaN(value) ? -Infinity : sign * value)
    return those.length === 0 ? [] : [those.reduce((a, b) => (rank(b) < rank(a) ? b : a))]
  })
}

const sampleRate = 48000
const block = 128 / sampleRate
/** Seconds: from a note to the first edit, from one edit to the next, between steps of an edit. */
const [onset, gap, step] = [0.25, 0.2, 0.01]
/** In which part of a chord, in seconds from its start, the sound is steady. A single chord is long, and may be noisy. */
const steadyFrom = 0.15
const steadyTo = ({ notes }: Base): number => (notes.length > 1 ? 0.7 : 1.6)
/** Samples before the next edit in which a sound has settled: most of a period of the slowest LFO. */
const settling = 0.12 * sampleRate
/** A new sound that has less than this share of the old one's level may be hidden by the end of the fade. */
const audible = 0.1
/** Moments at which it goes there and back, counted over all chords; fewer where all samples are compared. */
const [manyMoments, fewMoments] = [4, 2]

/** The sound beside that of the patch: two sources of each voice, one of them random, all on the right. */
const elsewhere = {
  devices: {
    leftSide: { type: 'pan', shared: true, position: -1 },
    rightSide: { type: 'pan', position: 1 },
    otherLfo: { type: 'lfo', frequency: 3 },
    otherTone: { type: 'oscillator', amplitude: 0.2 },
    otherNoise: { type: 'noise', amplitude: 0.05 },
  },
  connections: [
    ['leftSide', 'out'],
    ['otherLfo', 'otherTone.amplitude', 0.1],
    ['otherTone', 'rightSide.in'],
    ['otherNoise', 'rightSide.in'],
    ['rightSide', 'out'],
  ],
} as const

/** The patch on the left, and on the right a sound that has nothing to do with it. */
function besideAnother(patch: Patch): Patch {
  const cables = (patch.connections ?? []).map((cable): ConnectionSpec => {
    const { from, to } = endsOf(cable)
    const aside = to === 'out' ? 'leftSide.in' : to
    if ('from' in cable) return { ...cable, from, to: aside }
    return cable.length === 2 ? [from, aside] : [from, aside, cable[2]]
  })
  return {
    ...patch,
    devices: { ...patch.devices, ...elsewhere.devices },
    connections: [...cables, ...elsewhere.connections],
  }
}

interface Moment {
  /** Seconds. */
  readonly at: number
  readonly chord: number
  /** Whether it went to the new patch, or back. */
  readonly there: boolean
}

interface Performance {
  readonly left: Float32Array
  readonly right: Float32Array
  readonly edits: readonly Moment[]
  /** Sample at which each chord begins. */
  readonly chords: readonly number[]
}

/** A small engine starts sooner. */
const small = { maxNodes: 512, audioBuses: 512, controlBuses: 1024, maxSynthDefs: 256, randomGenerators: 128 }

/** Keeps all that a synth plays, in pieces of the lengths that it is asked for. */
class Recorder {
  readonly synth: OfflineSynth
  readonly #pieces: (readonly Float32Array[])[] = []
  /** Samples so far. */
  length = 0

  constructor(synth: OfflineSynth) {
    this.synth = synth
  }

  async play(seconds: number): Promise<void> {
    const { channels } = await this.synth.advance(seconds)
    this.#pieces.push(channels)
    this.length += channels[0]?.length ?? 0
  }

  /** Patches one soon after the other; for what is none only the time passes. */
  async apply(patches: readonly (Patch | undefined)[]): Promise<void> {
    for (const [i, patch] of patches.entries()) {
      if (i > 0) await this.play(step)
      if (patch !== undefined) await this.synth.apply(patch)
    }
  }

  channel(index: number): Float32Array {
    const whole = new Float32Array(this.length)
    let at = 0
    for (const piece of this.#pieces) {
      const samples = piece[index] as Float32Array
      whole.set(samples, at)
      at += samples.length
    }
    return whole
  }
}

async function record(patch: Patch, play: (recorder: Recorder) => Promise<void>): Promise<Recorder> {
  const recorder = new Recorder(await createOffline({ patch, ...small }))
  try {
    await play(recorder)
  } finally {
    await recorder.synth.close()
  }
  return recorder
}

/** Each chord for as long as its edits take, there and back again; `undefined` is an edit that is left out. */
async function perform(
  { patch, notes, ends }: Base,
  there: readonly (Patch | undefined)[],
  moments = manyMoments,
): Promise<Performance> {
  const [edits, chords]: [Moment[], number[]] = [[], []]
  const back = there.some((step) => step !== undefined) ? [patch] : []
  const recorder = await record(patch, async (to) => {
    for (const [chord, keys] of notes.entries()) {
      chords.push(to.length)
      for (const note of keys) to.synth.noteOn(note)
      await to.play(onset)
      const [first, next] = [chord, chord + 1].map((n) => Math.ceil((moments * n) / notes.length)) as [
        number,
        number,
      ]
      for (let moment = first; moment < next; moment++)
        for (const patches of [there, back]) {
          edits.push({ at: to.length / sampleRate, chord, there: patches === there })
          await to.apply(patches)
          // other lengths each time, so that the wave is somewhere else
          await to.play(gap + moment ** 2 * block)
        }
      to.synth.allNotesOff()
    }
    await to.play(ends)
  })
  return { left: recorder.channel(0), right: recorder.channel(1), edits, chords }
}

/** The steady part of each chord. */
const steadyParts = (base: Base, sound: Float32Array, chords: readonly number[]): Float32Array[] =>
  chords.map((from) => sound.subarray(from + steadyFrom * sampleRate, from + steadyTo(base) * sampleRate))

/** The steady sound of a patch for each chord, left. */
async function steadySound(base: Base): Promise<Float32Array[]> {
  const chords: number[] = []
  const recorder = await record(base.patch, async (to) => {
    for (const keys of base.notes) {
      chords.push(to.length)
      for (const note of keys) to.synth.noteOn(note)
      await to.play(steadyTo(base))
      to.synth.allNotesOff()
    }
  })
  return steadyParts(base, recorder.channel(0), chords)
}

/** What many cases are compared with is played once. */
function once<T>(known: Map<string, Promise<T>>, key: string, play: () => Promise<T>): Promise<T> {
  const found = known.get(key) ?? play()
  known.set(key, found)
  return found
}
const performances = new Map<string, Promise<Performance>>()
const steadySounds = new Map<string, Promise<Float32Array[]>>()
const energies = new Map<string, Promise<number>>()
const unedited = (base: Base, steps: number, moments = manyMoments): Promise<Performance> => {
  const none = Array.from({ length: steps }, () => undefined)
  return once(performances, JSON.stringify([base, steps, moments]), () => perform(base, none, moments))
}
const steadyOf = (base: Base): Promise<Float32Array[]> =>
  once(steadySounds, JSON.stringify([base.patch, base.notes]), () => steadySound(base))

function differing(a: Float32Array, b: Float32Array): number {
  let count = Math.abs(a.length - b.length)
  for (const [i, x] of a.entries()) if (x !== b[i]) count++
  return count
}

function deviation(a: Float32Array, b: Float32Array): number {
  return peak(a.map((x, i) => x - (b[i] ?? NaN)))
}

/** RMS of the quietest 10 ms. */
function lowest(signal: Float32Array): number {
  const [window, hop] = [480, 120]
  let least = Infinity
  for (let from = 0; from + window <= signal.length; from += hop)
    least = Math.min(least, rms(signal.subarray(from, from + window)))
  return least
}

type Measured = readonly [figure: Figure, value: number, moment?: string]

/** Around each edit of a held chord: click, level, and what it settles at. */
function aroundEdits(
  { left, edits }: Performance,
  marks: EditCase['marks'],
  { old, fresh, passed }: Readonly<Record<'old' | 'fresh', Float32Array[]>> & { passed: Float32Array[][] },
  notes: Base['notes'],
): Measured[] {
  return edits.flatMap(({ at, chord, there }, i): Measured[] => {
    const [before, after] = [old[chord], fresh[chord]] as [Float32Array, Float32Array]
    const moment = `${notes[chord]?.join('+')} at ${at.toFixed(3)} s, ${there ? 'there' : 'back'}`
    // a fade may also click at its end
    const clicks = [0, 0.1].map((later) =>
      Math.min(
        ...[after, ...passed.map((sounds) => sounds[chord] as Float32Array)].map((sound) =>
          clickFigure(left, sampleRate, at + later, { before, after: sound }),
        ),
      ),
    )
    const from = Math.round(at * sampleRate)
    const next = Math.round((edits[i + 1]?.at ?? Infinity) * sampleRate)
    const until = Math.min(next, from + Math.round(gap * sampleRate))
    const dip = (): number =>
      lowest(left.subarray(from - 2400, until)) / Math.min(lowest(before), lowest(after))
    const goal = rms(there ? after : before)
    const settled = rms(left.subarray(until - settling, until)) / goal
    return [
      ...clicks.map((click, later): Measured => ['click', click, `${moment} + ${later * 100} ms`]),
      ...(marks.includes('level') ? ([['level', dip(), moment]] as const) : []),
      ...(goal > audible * Math.max(rms(before), rms(after))
        ? ([['held', Math.min(settled, 1 / settled), moment]] as const)
        : []),
    ]
  })
}

/** All figures of an edit while notes are held, with another sound beside it. */
async function measureHeld({ base, steps, marks }: EditCase): Promise<Measured[]> {
  const [alone, same, neutral] = (['alone', 'same', 'neutral'] as const).map((mark) => marks.includes(mark))
  const moments = same ? fewMoments : manyMoments
  const placed = (patch: Patch): Base => ({ ...base, patch: alone ? patch : besideAnother(patch) })
  const [before, ...patches] = [base.patch, ...steps].map(placed) as [Base, ...Base[]]
  const played = await perform(
    before,
    patches.map(({ patch }) => patch),
    moments,
  )
  const without = await unedited(before, steps.length, moments)
  const end = Math.round(0.05 * sampleRate)
  const found: Measured[] = [
    ['silent', Math.max(peak(played.left.subarray(-end)), peak(played.right.subarray(-end)))],
  ]
  if (!alone) found.push(['elsewhere', differing(played.right, without.right)])
  if (same) return [...found, ['same', differing(played.left, without.left)]]
  if (neutral) found.push(['constant', deviation(played.left, without.left) / peak(without.left)])
  const old = steadyParts(base, without.left, without.chords)
  const [fresh = old, ...passed] = neutral ? [] : await Promise.all(patches.toReversed().map(steadyOf))
  return [...found, ...aroundEdits(played, marks, { old, fresh, passed }, base.notes)]
}

/** Energy of what is heard from 120 ms after the end of a note, where the edit is made. */
async function energyOfTail(before: Patch, after: Patch | undefined): Promise<number> {
  let from = 0
  const recorder = await record(before, async (to) => {
    to.synth.noteOn(60)
    await to.play(0.25)
    to.synth.allNotesOff()
    await to.play(0.12)
    from = to.length
    await to.apply([after])
    await to.play(1)
  })
  return [0, 1].reduce((sum, channel) => sum + rms(recorder.channel(channel).subarray(from)) ** 2, 0)
}

async function measureTail({ base, steps: [after] }: EditCase): Promise<Measured[]> {
  const key = JSON.stringify(base.patch)
  const whole = await once(energies, key, () => energyOfTail(base.patch, undefined))
  const edited = await energyOfTail(base.patch, after)
  // a tail that is heard twice is wrong too
  return [['tail', Math.min(edited / whole, whole / edited)]]
}

/** A constant signal of this level is edited. */
const level = 0.5

async function measureConstant({ base, steps }: EditCase): Promise<Measured[]> {
  const [played, without] = [await perform(base, steps), await unedited(base, steps.length)]
  return [['constant', deviation(played.left, without.left) / level]]
}

async function measured(
  { name, types, class: kind }: EditCase,
  measure: () => Promise<Measured[]>,
): Promise<Finding[]> {
  const edit = `${name} (${types.length > 4 ? 'all' : types.join(', ')})`
  try {
    return (await measure()).map(([figure, value, moment = '']) => ({
      class: kind,
      figure,
      value,
      edit,
      moment,
    }))
  } catch (error) {
    const moment = error instanceof Error ? error.message : String(error)
    return [{ class: kind, figure: 'applied', value: 1, edit, moment }]
  }
}

/** All figures of all edits of a class. */
export async function measureClass(kind: EditClass): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const [cases, measure] of [
    [editCases, measureHeld],
    [tailCases, measureTail],
    [constantCases, measureConstant],
  ] as const)
    for (const edit of cases)
      if (edit.class === kind) findings.push(...(await measured(edit, () => measure(edit))))
  return findings
}
