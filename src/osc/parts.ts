import { fail, listNames } from '../errors/index.ts'
import type { Synth } from '../live/index.ts'
import { transposed } from '../plan/index.ts'
import type { OscTarget } from './receiver.ts'

/** One of several synths that are played together. */
export interface OscPart {
  readonly synth: Pick<Synth, 'play' | 'panic' | 'setKnob' | 'recall' | 'time' | 'patch' | 'snapshots'>
  /** Channel 1..16 by which it is addressed. */
  readonly channel: number
  /** Semitones by which its notes are moved; those that leave 0..127 by it are not played. Default: 0. */
  readonly transpose?: number
}

/**
 * Several synths as what OSC messages play on: `/channel/2/note` is for the one of channel 2, and so are `/channel/2/knob/cutoff`,
 * `/channel/2/recall` and `/channel/2/panic`. A message without a channel is for all: notes for every one, a knob or a snapshot for those
 * that have it.
 *
 * @param parts they have one clock
 * @example
 * const ensemble = await createEnsemble({ parts: [{ patch }, { patch }] })
 * const target = oscParts(ensemble.parts.map((synth, i) => ({ synth, channel: i + 1 })))
 * const listener = await listenOsc({ target, port: 0 })
 * await listener.close()
 */
export function oscParts(parts: readonly OscPart[]): OscTarget {
  const targets = new Map(parts.map((part) => [part.channel, targetOf(part)]))
  return {
    get time() {
      return parts[0]?.synth.time ?? 0
    },
    play(event, when) {
      for (const target of targets.values()) target.play(event, when)
    },
    panic() {
      for (const { synth } of parts) synth.panic()
    },
    setKnob(name, position, when) {
      const own = parts.filter(({ synth }) => Object.hasOwn(synth.patch.knobs ?? {}, name))
      if (own.length === 0) fail({ code: 'unknown-knob', path: name, message: 'no patch has such a knob' })
      for (const { synth } of own) synth.setKnob(name, position, when)
    },
    async recall(name, how) {
      const own = parts.filter(({ synth }) => synth.snapshots.has(name))
      if (own.length === 0)
        fail({ code: 'unknown-snapshot', path: name, message: 'no patch has such a snapshot' })
      await Promise.all(own.map(({ synth }) => synth.recall(name, how)))
    },
    part: (channel) =>
      targets.get(channel + 1) ??
      fail({
        code: 'invalid-osc',
        path: `/channel/${channel + 1}`,
        message: 'nothing plays this channel',
        expected: listNames([...targets.keys()].map(String), 16),
      }),
  }
}

const targetOf = ({ synth, transpose = 0 }: OscPart): OscTarget => ({
  get time() {
    return synth.time
  },
  play(given, when) {
    const event = transposed(given, transpose)
    if (event) synth.play(event, when)
  },
  panic: () => synth.panic(),
  setKnob: (name, position, when) => synth.setKnob(name, position, when),
  recall: (name, how) => synth.recall(name, how),
})
