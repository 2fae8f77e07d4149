import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Patch, VoicePolicy } from '../../src/patch/index.ts'
import { expectLikeFresh, expectNothingLeft, expectSound } from './moments.ts'
import {
  bit,
  patchArbitrary,
  reloadArbitrary,
  runs,
  sequenceArbitrary,
  withName,
  type Moment,
} from './patches.ts'
import { Session } from './start.ts'

/** An edit and what happens after it; looks at the session after every step. */
function happen(
  session: Session,
  patches: readonly Patch[],
  moment: Moment,
  look: () => void = () => {},
): void {
  const { patch, born, struck, silenced, hush, blocks } = moment
  session.edit(patches[patch % patches.length] as Patch, (voice) => bit(born, voice))
  look()
  for (const voice of session.allocation.voices.keys()) {
    if (bit(struck, voice) === 1) session.play(voice, true)
    if (bit(silenced, voice) === 1) session.play(voice, false)
  }
  if (hush) session.hush()
  look()
  session.wait(blocks)
  look()
}

const idsOf = ({ allocation }: Session, name: string): number[] =>
  (allocation.nodes.get(name)?.instances ?? []).map(({ id }) => id)
const nothing = { load: [], transaction: [], start: [] }

describe('a patch that is edited while it is played', () => {
  it('is at rest as if it had been started just now, with the same keys down, and leaves nothing behind', () => {
    fc.assert(
      fc.property(reloadArbitrary(5), ({ patches, moments }) => {
        const session = new Session()
        for (const moment of moments) happen(session, patches, moment)
        session.rest()
        expectLikeFresh(session)
        session.end()
        expectNothingLeft(session)
      }),
      runs(300),
    )
  })

  it('leaves nothing behind when it ends in the middle of a fade', () => {
    fc.assert(
      fc.property(reloadArbitrary(3), ({ patches, moments }) => {
        const session = new Session()
        for (const moment of moments) happen(session, patches, moment)
        session.end()
        expectNothingLeft(session)
      }),
      runs(100),
    )
  })

  it('is sound at every moment: order, buses, fades, one synth a device and voice, no number lost', () => {
    fc.assert(
      fc.property(reloadArbitrary(4), ({ patches, moments }) => {
        const session = new Session()
        let order: number[] = []
        for (const moment of moments)
          happen(session, patches, moment, () => {
            expectSound(session, order)
            order = session.model.synths().map(({ id }) => id)
          })
      }),
      runs(150),
    )
  })

  it('needs nothing to stay as it is, also in the middle of a fade', () => {
    fc.assert(
      fc.property(reloadArbitrary(4), ({ patches, moments }) => {
        const session = new Session()
        for (const moment of moments)
          happen(session, patches, moment, () => {
            // voices that are too many and have come to silence go with the next plan
            const { voices, leaving } = session.allocation
            if (voices.length > session.count) return
            // what was fading out in a voice that is paused meanwhile is cut off
            const paused = voices.filter((voice) => voice.paused).map(({ group }) => group)
            if (leaving.some(({ group }) => paused.includes(group))) return
            expect(session.plan()).toMatchObject(nothing)
            expect(session.plan().allocation).toEqual(session.allocation)
            const { network } = session
            const again = session.edit(session.patch)
            expect(again).toMatchObject(nothing)
            expect(session.network?.tails).toEqual(network?.tails)
          })
      }),
      runs(150),
    )
  })

  it('calls the originals back when an edit is undone before it has faded over, and when it is redone', () => {
    let calledBack = 0
    fc.assert(
      fc.property(sequenceArbitrary(2, 6), fc.nat({ max: 100 }), ([a, edited], blocks) => {
        // a voice more would have no original
        const b = { ...(edited as Patch), ...(a?.voices !== undefined && { voices: a.voices }) }
        const session = new Session()
        session.edit(a as Patch, () => 1)
        const first = session.allocation
        session.wait(500)
        session.edit(b, () => 1)
        const second = session.allocation
        const undone = [
          { patch: a as Patch, original: first, other: second },
          { patch: b, original: second, other: first },
        ]
        for (const { patch, original, other } of undone) {
          session.wait(blocks)
          const planned = session.edit(patch, () => 1)
          // who reads what rings out is another synth
          if (session.network?.tails.length) return
          for (const [name, { node, instances }] of original.nodes) {
            // of a device that is silent for ever not even its ports are left: one synth is right for any wiring
            const same = other.nodes.get(name)?.node
            if (
              same?.def === node.def &&
              Object.keys(same.controls).join() !== Object.keys(node.controls).join()
            )
              return
            const ids = instances.map(({ id }) => id)
            expect(idsOf(session, name).slice(0, ids.length), name).toEqual(ids)
          }
          calledBack += planned.report.synths.back
          if (blocks > 60) return
        }
        session.rest()
        expectLikeFresh(session)
      }),
      runs(100),
    )
    expect(calledBack).toBeGreaterThan(100)
  })

  it('knows a device by its content when it is renamed: no synth notices', () => {
    fc.assert(
      fc.property(patchArbitrary(7), fc.nat({ max: 6 }), fc.boolean(), (patch, choice, settled) => {
        const names = Object.keys(patch.devices).filter((name) => !patch.devices[name]?.bypass)
        const name = names[choice % names.length]
        if (name === undefined) return
        const session = new Session()
        session.edit(patch, (voice) => voice % 2)
        if (settled) session.wait(500)
        const ids = idsOf(session, name)
        const planned = session.edit(withName(patch, name, 'other'))
        expect(planned).toMatchObject(nothing)
        expect(planned.report.renamed).toEqual([{ from: name, to: 'other' }])
        expect(idsOf(session, 'other')).toEqual(ids)
        session.rest()
        expectLikeFresh(session)
      }),
      runs(100),
    )
  })

  it('sends what the edit is about, however large the rest of the patch is', () => {
    const padded = (patch: Patch, more: number): Patch => ({
      ...patch,
      devices: {
        ...patch.devices,
        ...Object.fromEntries(
          Array.from({ length: more }, (_, i) => [
            `more${i}`,
            { type: i % 3 === 0 ? 'filter' : 'mixer', shared: true },
          ]),
        ),
      },
    })
    const commands = (a: Patch, b: Patch, more: number): number => {
      const session = new Session()
      session.edit(padded(a, more), (voice) => voice % 2)
      session.wait(500)
      const { transaction, start, report } = session.edit(padded(b, more), (voice) => voice % 2)
      // voices that are born are born whole
      const voices = session.allocation.voices.length
      const { born, back } = report.synths
      const touched = [...report.set, ...report.replaced, ...report.added, ...report.removed, ...report.moved]
      expect(transaction.length + start.length).toBeLessThanOrEqual(6 + 4 * (voices + 1) * touched.length)
      expect(born + back).toBeLessThanOrEqual((voices + 1) * touched.length)
      // whether a SynthDef is still used is up to all
      return transaction.filter(({ call }) => call !== '/d_free').length + start.length
    }
    fc.assert(
      fc.property(sequenceArbitrary(2, 5), ([a, b]) => {
        const voices = a?.voices as NonNullable<Patch['voices']>
        const same = { ...(b as Patch), voices }
        expect(commands(a as Patch, same, 50)).toBe(commands(a as Patch, same, 0))
      }),
      runs(60),
    )
  })

  it('lets voices that are too many finish, and lets them go when they are silent', () => {
    fc.assert(
      fc.property(
        patchArbitrary(6),
        fc.integer({ min: 1, max: 8 }),
        fc.nat({ max: 255 }),
        (patch, count, sounding) => {
          const session = new Session()
          session.edit(patch, (voice) => bit(sounding, voice))
          const before = session.allocation
          // a note needs its voices
          const { unison = 1 } = patch.voices as VoicePolicy
          const least = typeof unison === 'number' ? unison : (unison.voices ?? 1)
          const policy = { ...(patch.voices as VoicePolicy), count: Math.max(count, least) }
          const planned = session.edit({ ...patch, voices: policy })
          const { voices } = session.allocation
          const groups = voices.map(({ group }) => group)
          const playing = before.voices.filter(({ paused }) => !paused)
          const empty = session.count === 0
          for (const { group } of empty ? [] : playing) {
            expect(groups).toContain(group)
            expect(session.model.group(group)?.paused).toBe(false)
          }
          if (!empty) expect(voices.length).toBe(Math.max(session.count, playing.length))
          for (const [voice, old] of planned.voices.entries())
            for (const [name, { node, instances }] of session.allocation.nodes)
              if (old !== undefined && node.part === 'voice' && before.nodes.get(name)?.node.def === node.def)
                expect(instances[voice]?.id).toBe(before.nodes.get(name)?.instances[old]?.id)
          for (let i = 0; i < voices.length; i++) session.play(i, false)
          session.edit(session.patch)
          expect(session.allocation.voices.length).toBe(session.count)
          session.rest()
          expectLikeFresh(session)
        },
      ),
      runs(40),
    )
  })
})

/** Counter-examples that the laws have found, each as short as it was then. */
describe('a patch that is edited while it is played, as it once went wrong:', () => {
  const sounding = (): number => 1
  const playing = (...patches: Patch[]): Session => {
    const session = new Session()
    for (const patch of patches) {
      const before = session.model.synths().map(({ id }) => id)
      session.edit({ voices: { mode: 'mono' }, ...patch }, sounding)
      expectSound(session, before)
    }
    return session
  }
  const osc = { type: 'oscillator', shared: false }
  const echo = { type: 'delay', shared: false }

  it('three of one name at once keep their order', () => {
    const session = playing(
      { devices: { a: osc }, connections: [] },
      { devices: { a: osc }, connections: [['keys.gate', 'a.frequency']] },
      { devices: { a: osc }, connections: [['keys.gate', 'a.frequency'], ['a', 'out.level']] }, // prettier-ignore
    )
    expect(session.plan()).toMatchObject(nothing)
  })

  it('what rings and comes back hears its input again', () => {
    const session = playing(
      { devices: { a: { type: 'reverb', shared: false } } },
      { devices: { a: osc } },
      { devices: { a: { type: 'reverb', shared: false } } },
    )
    expectLikeFresh(session.rest())
  })

  it('the only way back is a synth of the same SynthDef that reads another bus', () => {
    const patch = (source: string): Patch => ({
      devices: { a: osc, b: osc, f: { type: 'filter' } },
      connections: [[source, 'f.in'], ['a', 'out'], ['b', 'out'], ['f', 'out']], // prettier-ignore
    })
    const session = playing(patch('a'))
    const ids = idsOf(session, 'f')
    session.edit({ voices: { mode: 'mono' }, ...patch('b') }, sounding)
    expect(idsOf(session, 'f')).not.toEqual(ids)
    expect(session.edit({ voices: { mode: 'mono' }, ...patch('a') }, sounding).report.synths.back).toBe(3)
    expect(idsOf(session, 'f')).toEqual(ids)
  })

  it('a knob that goes keeps its bus as long as something fades out on it', () => {
    const knobs = { k0: { value: 0.5 } }
    const session = playing(
      { knobs, devices: { a: echo }, connections: [['k0', 'a.in']] },
      { devices: { a: echo } },
      { devices: { a: { type: 'mixer', shared: false } }, connections: [['a', 'out']] },
    )
    expect(session.allocation.lingering).toMatchObject([{ pool: 'control', length: 1 }])
    expectLikeFresh(session.rest())
  })

  it('a device that rings and is renamed is no tail', () => {
    const patch: Patch = {
      voices: 1,
      devices: { a: echo, b: { ...osc, shared: true } },
      connections: [['a', 'b.frequency']],
    }
    const session = playing(patch)
    expect(session.edit(withName(patch, 'a', 'c'))).toMatchObject(nothing)
    expect(session.network?.tails).toEqual([])
  })

  it('a control cable that feeds back lets its source run later', () => {
    const devices = { lfo: { type: 'lfo', shared: false }, a: osc }
    const feedback = { from: 'lfo', to: 'a.frequency', feedback: true }
    const session = playing({ devices, connections: [feedback, ['a', 'out'], ['a', 'lfo.frequency']] }) // prettier-ignore
    expectLikeFresh(session.rest())
  })

  it('nothing rings in voices that are paused, and what only goes to their sum is not read in them', () => {
    for (const gate of [0, 1]) {
      const session = new Session()
      const devices = { a: osc, amp: { type: 'amplifier', shared: true }, echo }
      session.edit({ voices: 1, devices, connections: [['echo', 'amp.in']] }, () => gate)
      session.edit({ voices: 1, devices: { a: osc, amp: { type: 'pan', shared: false }, echo } })
      expect(session.network?.tails).toEqual([])
      expectSound(session, [])
      expectLikeFresh(session.rest())
    }
  })

  it('a reader that is stereo only as long as a tail rings is itself no tail', () => {
    const session = playing(
      {
        devices: { a: { type: 'reverb', shared: true }, b: { type: 'delay', shared: true } },
        connections: [['a', 'b.in'], ['b', 'out']], // prettier-ignore
      },
      {
        devices: { a: { ...osc, shared: true }, b: { type: 'delay', shared: true } },
        connections: [['b', 'out']],
      },
    )
    expect(session.network?.tails).toHaveLength(1)
    expect(session.edit(session.patch)).toMatchObject(nothing)
    expectLikeFresh(session.rest())
  })

  it('a tail that would keep its own device stereo, round a feedback cable, does not ring for ever', () => {
    const mix = { type: 'mixer', shared: false }
    const session = playing(
      { devices: { d0: { type: 'reverb', shared: false }, d1: mix }, connections: [['d0', 'd1.in1']] },
      {
        devices: { d0: echo, d1: mix },
        connections: [{ from: 'd1', to: 'd0.in', feedback: true }, ['d0', 'd1.in1']], // prettier-ignore
      },
    )
    expectLikeFresh(session.rest())
  })
})
