import { el, type ElemNode } from '@elemaudio/core'
import OfflineRenderer from '@elemaudio/offline-renderer'
import { noteHertz } from './by-hand.ts'
import type { Contestant } from './measure.ts'

const voice = (hertz: number, i: number): ElemNode => {
  const gate = el.const({ key: `gate${i}`, value: 1 })
  const saws = el.add(el.blepsaw(hertz), el.blepsaw(hertz * 2 ** (0.07 / 12)), el.blepsaw(hertz / 2))
  const opening = el.adsr(0.02, 0.3, 0.6, 0.3, gate)
  const semitones = el.add(el.mul(36, opening), el.mul(2, el.cycle(5)))
  const cutoff = el.min(18000, el.mul(600, el.pow(2, el.div(semitones, 12))))
  return el.mul(el.svf(cutoff, 6, saws), el.mul(0.05, el.adsr(0.01, 0.3, 0.7, 0.3, gate)))
}

const sum = (nodes: readonly ElemNode[]): ElemNode =>
  nodes.length === 1
    ? (nodes[0] as ElemNode)
    : el.add(sum(nodes.slice(0, nodes.length >> 1)), sum(nodes.slice(nodes.length >> 1)))

/** Chorus, delay, and a reverb of four combs and two all-passes a side: no more than the other contestants do. */
function effects(dry: ElemNode): ElemNode[] {
  const line = (rate: number): ElemNode =>
    el.delay({ size: 2400 }, el.mul(48, el.add(12, el.mul(4, el.cycle(rate)))), 0, dry)
  const comb = (x: ElemNode, samples: number, feedback: number): ElemNode =>
    el.delay({ size: samples + 1 }, samples, feedback, x)
  return [0, 1].map((side) => {
    const wide = el.mul(0.5, el.add(dry, line(0.8 + side * 0.01)))
    const echoed = el.add(el.mul(0.7, wide), el.mul(0.3, el.delay({ size: 96000 }, 16800, 0.4, wide)))
    const combs = [1116, 1188, 1277, 1356].map((samples) => comb(echoed, samples + side * 23, 0.84))
    return el.add(el.mul(0.7, echoed), el.mul(0.075, sum(combs)))
  })
}

/** The reference work in Elementary (offline renderer, blocks of 128 as the others). */
export async function elementary(voices: number): Promise<Contestant> {
  if (!Object.getOwnPropertyDescriptor(globalThis, 'crypto')?.writable)
    Object.defineProperty(globalThis, 'crypto', {
      value: globalThis.crypto,
      writable: true,
      configurable: true,
    })
  const core = new OfflineRenderer()
  const blockSize = 128
  await core.initialize({ numInputChannels: 0, numOutputChannels: 2, sampleRate: 48000, blockSize })
  const [left, right] = effects(sum(Array.from({ length: voices }, (_, i) => voice(noteHertz(i), i)))) as [
    ElemNode,
    ElemNode,
  ]
  await core.render(left, right)
  const out = [new Float32Array(blockSize), new Float32Array(blockSize)]
  return {
    name: `Elementary, ${voices} voices`,
    run(seconds) {
      for (let block = 0; block < (seconds * 48000) / blockSize; block++) core.process([], out)
    },
  }
}
