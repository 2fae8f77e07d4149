import { createOffline, type Patch, type OfflineSynth } from '../src/index.ts'
import { byHand, noteOf } from './by-hand.ts'
import { elementary } from './elementary.ts'
import { interleaved, type Contestant } from './measure.ts'
import { catalogue, polyMono, polySub } from './patches.ts'
import type { Row, Thoroughness } from './row.ts'
import { webAudio } from './web-audio.ts'

/** Microtones beyond 60 voices, so that each has a note of its own. */
const notesOf = (voices: number): number[] =>
  Array.from({ length: voices }, (_, i) => noteOf(i) + Math.floor(i / 60) / 2)

async function held(patch: Patch, voices: number): Promise<OfflineSynth> {
  const synth = await createOffline({ patch, catalogue })
  for (const note of notesOf(voices)) synth.noteOn(note)
  return synth
}

const playing = (name: string, synth: OfflineSynth, times = 1): Contestant => ({
  name,
  run: async (seconds) => {
    for (let i = 0; i < times; i++) await synth.advance(seconds)
  },
  close: () => synth.close(),
})

const ours = async (patch: (voices: number) => Patch, voices: number): Promise<Contestant> =>
  playing(`ours, ${voices} voices`, await held(patch(voices), voices))

const hand = async (voices: number, effects: boolean): Promise<Contestant> => {
  const engine = await byHand(voices, effects)
  return {
    name: `by hand, ${voices} voices`,
    run(seconds) {
      const blocks = Math.round((seconds * 48000) / 128)
      engine.advance(blocks, [new Float32Array(blocks * 128), new Float32Array(blocks * 128)], 0)
    },
    close: () => engine.close(),
  }
}

/** Rows 1 and 4: what modularity costs, and how the cost grows with the voices. */
export async function priceOfModularity({ rounds }: Thoroughness): Promise<Row[]> {
  const [compiled, written, few] = (await interleaved(
    [await ours(polyMono, 64), await hand(64, false), await ours(polyMono, 8)],
    2,
    rounds,
  )) as [number, number, number]
  return [
    {
      number: '1',
      figure: 'price of modularity: POLY-MONO, 64 voices, ours ÷ by hand',
      measured: (compiled / written).toFixed(2),
      budget: '≤ 1.15',
      kept: compiled / written <= 1.15,
    },
    {
      number: '4',
      figure: 'growth: cost at 64 voices ÷ cost at 8',
      measured: (compiled / few).toFixed(2),
      budget: '≤ 8',
      kept: compiled / few <= 8,
    },
  ]
}

/** Row 2. The cost is a + b · voices; how many fit into one second of CPU per second of sound? */
export async function voicesPerCore({ rounds }: Thoroughness): Promise<Row[]> {
  const sizes = { ours: [32, 128], hand: [32, 128], elementary: [8, 32], web: [16, 64] } as const
  const costs = await interleaved(
    [
      ...(await Promise.all(sizes.ours.map((n) => ours(polySub, n)))),
      ...(await Promise.all(sizes.hand.map((n) => hand(n, true)))),
      ...(await Promise.all(sizes.elementary.map((n) => elementary(n)))),
      ...sizes.web.map((n) => webAudio(n)),
    ],
    2,
    rounds,
  )
  const voices = (at: number, [few, many]: readonly [number, number]): number => {
    const [low, high] = [costs[at] as number, costs[at + 1] as number]
    const each = (high - low) / (many - few)
    return (1 - (low - each * few)) / each
  }
  const [mine, byHandVoices, elem, web] = [
    voices(0, sizes.ours),
    voices(2, sizes.hand),
    voices(4, sizes.elementary),
    voices(6, sizes.web),
  ] as const
  const ratio = (name: string, theirs: number, least: number): Row => ({
    number: '',
    figure: `… ours ÷ ${name} (${theirs.toFixed(0)})`,
    measured: (mine / theirs).toFixed(1),
    budget: `≥ ${least}`,
    kept: mine / theirs >= least,
  })
  return [
    {
      number: '2',
      figure: 'voices per core at real time, POLY-SUB',
      measured: mine.toFixed(0),
      budget: '≥ 1000',
      kept: mine >= 1000,
    },
    {
      number: '',
      figure: '… written by hand for scsynth',
      measured: byHandVoices.toFixed(0),
      budget: '',
      kept: true,
    },
    ratio('Elementary', elem, 8),
    ratio('Web Audio', web, 2.5),
  ]
}

/** Seconds after which 64 voices of POLY-MONO are silent and paused: their release, and the watchers' hold. */
const untilPaused = 3
/** So little CPU is measured over a longer time. */
const idleTimes = 10

/** Row 3: 64 voices that were played, let go and fell silent, against 64 that are held. */
export async function idleVoices({ rounds }: Thoroughness): Promise<Row[]> {
  const idle = await held(polyMono(64), 64)
  await idle.advance(0.5)
  idle.allNotesOff()
  await idle.advance(untilPaused)
  const nothing: Patch = { voices: 1, devices: {}, connections: [] }
  const [sounding, ...idling] = (await interleaved(
    [
      await ours(polyMono, 64),
      playing('idle', idle, idleTimes),
      playing('no device', await createOffline({ patch: nothing }), idleTimes),
    ],
    2,
    rounds,
  )) as [number, number, number]
  const [sleeping, none] = idling.map((cost) => cost / idleTimes) as [number, number]
  return [
    {
      number: '3',
      figure: 'CPU of POLY-MONO with 64 idle voices ÷ with 64 notes held',
      measured: `${(sleeping / sounding).toFixed(3)} (${(sleeping * 1000).toFixed(1)} ÷ ${(sounding * 1000).toFixed(0)} ms/s)`,
      budget: '≤ 0.02',
      kept: sleeping / sounding <= 0.02,
    },
    {
      number: '',
      figure: '… a patch without any device ÷ the same',
      measured: (none / sounding).toFixed(3),
      budget: '',
      kept: true,
    },
  ]
}
