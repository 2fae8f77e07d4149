import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  compile,
  createOffline,
  emptyAllocation,
  parsePatch,
  plan,
  out,
  type Patch,
  type Synth,
} from '../src/index.ts'
import { byHand, noteOf } from './by-hand.ts'
import { elementary } from './elementary.ts'
import { interleaved, milliseconds, type Contestant } from './measure.ts'
import { catalogue, largePatch, polyMono, polySub } from './patches.ts'
import { webAudio } from './web-audio.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const quick = process.argv.includes('--quick')
const rounds = quick ? 3 : 7
const options = { maxNodes: 16384 }

interface Row {
  readonly number: string
  readonly figure: string
  readonly measured: string
  readonly budget: string
  readonly kept: boolean
}

const rows: Row[] = []
const report = (number: string, figure: string, measured: string, budget: string, kept: boolean): void => {
  rows.push({ number, figure, measured, budget, kept })
  console.log(
    `${number.padEnd(4)} ${figure.padEnd(62)} ${measured.padEnd(24)} ${budget.padEnd(22)} ${kept ? 'kept' : 'MISSED'}`,
  )
}

async function held(patch: Patch, voices: number): Promise<Synth> {
  const synth = await createOffline({ patch, catalogue, ...options })
  for (let i = 0; i < voices; i++) synth.noteOn(noteOf(i) + Math.floor(i / 60) / 2)
  return synth
}
const ours = async (name: string, patch: (voices: number) => Patch, voices: number): Promise<Contestant> => {
  const synth = await held(patch(voices), voices)
  return { name, run: async (seconds) => void (await synth.advance(seconds)), close: () => synth.close() }
}
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

console.log(
  `${os.cpus()[0]?.model}, ${os.cpus().length} cores, Node ${process.version}, CPU time, medians of ${rounds} interleaved runs\n`,
)

// 1 and 4
{
  const [compiled, written, few] = (await interleaved(
    [await ours('ours', polyMono, 64), await hand(64, false), await ours('ours', polyMono, 8)],
    2,
    rounds,
  )) as [number, number, number]
  report(
    '1',
    'price of modularity: POLY-MONO, 64 voices, ours ÷ by hand',
    (compiled / written).toFixed(2),
    '≤ 1.15',
    compiled / written <= 1.15,
  )
  report(
    '4',
    'growth: cost at 64 voices ÷ cost at 8',
    (compiled / few).toFixed(2),
    '≤ 8',
    compiled / few <= 8,
  )
}

// 2: cost is a + b · voices; how many fit into one second of CPU per second of sound
{
  const sizes = { ours: [32, 128], hand: [32, 128], elementary: [8, 32], web: [16, 64] } as const
  const costs = await interleaved(
    [
      ...(await Promise.all(sizes.ours.map((n) => ours('ours', polySub, n)))),
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
  report('2', 'voices per core at real time, POLY-SUB', mine.toFixed(0), '≥ 1000', mine >= 1000)
  report('', '… written by hand for scsynth', byHandVoices.toFixed(0), '', true)
  report('', `… ours ÷ Elementary (${elem.toFixed(0)})`, (mine / elem).toFixed(1), '≥ 8', mine / elem >= 8)
  report('', `… ours ÷ Web Audio (${web.toFixed(0)})`, (mine / web).toFixed(1), '≥ 2.5', mine / web >= 2.5)
}

// 5 and 6: whole processes
{
  const ready = `const t = performance.now(); const { createOffline } = await import(${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)});
    const s = await createOffline({ patch: { voices: { mode: 'drone' }, devices: { o: { type: 'oscillator' } }, connections: [['o', 'out']] } });
    await s.advance(128 / 48000); console.log(performance.now() - t)`
  const times = Array.from({ length: rounds }, () =>
    Number(execFileSync(process.execPath, ['--input-type=module', '-e', ready], { encoding: 'utf8' })),
  )
  const ms = times.toSorted((a, b) => a - b)[rounds >> 1] as number
  report(
    '5',
    'offline engine ready, from import to the first block (wall)',
    `${ms.toFixed(0)} ms`,
    '≤ 150 ms',
    ms <= 150,
  )

  const folder = mkdtempSync(path.join(os.tmpdir(), 'megasynth-bench-'))
  writeFileSync(
    path.join(folder, 'patch.json'),
    JSON.stringify({
      ...polySub(8),
      devices: { ...polySub(8).devices, chorus0: { type: 'delay', time: 0.012, feedback: 0, mix: 0.5 } },
    }),
  )
  const render = (): number => {
    const start = performance.now()
    execFileSync(
      process.execPath,
      [
        path.join(root, 'dist/cli/main.js'),
        'render',
        'patch.json',
        '--notes',
        'C3+E3+G3+C4+E4+G4+C5+E5',
        '--seconds',
        '10',
        '-o',
        'x.wav',
        '--force',
      ],
      { cwd: folder, stdio: 'ignore' },
    )
    return (performance.now() - start) / 1000
  }
  const seconds = Array.from({ length: rounds }, render).toSorted((a, b) => a - b)[rounds >> 1] as number
  rmSync(folder, { recursive: true })
  report(
    '6',
    '`megasynth render` of 10 s of POLY-SUB, 8 notes, whole process (wall)',
    `${seconds.toFixed(2)} s`,
    '≤ 0.8 s',
    seconds <= 0.8,
  )
}

// 8
{
  const cost = (devices: number): number => {
    const parsed = parsePatch(largePatch(devices, 1), catalogue, out)
    return milliseconds(
      () => void plan(emptyAllocation(), compile(parsed, { catalogue }), { position: () => 0 }),
      quick ? 5 : 25,
    )
  }
  cost(50)
  const [small, large] = [cost(50), cost(1000)]
  report(
    '8',
    'growth of compile + plan from 50 to 1,000 devices',
    `${(large / small).toFixed(1)} (${small.toFixed(1)} → ${large.toFixed(1)} ms)`,
    '≤ 25',
    large / small <= 25,
  )
}

// 10
{
  const synth = await createOffline({ patch: polyMono(8), catalogue })
  await synth.advance(0.1)
  synth.noteOn(60)
  const { channels } = await synth.advance(0.1)
  const first = channels[0]?.findIndex((sample) => sample !== 0) ?? -1
  await synth.close()
  report(
    '10',
    'from note-on to the first sample, offline engine',
    `sample ${first}`,
    'the next block',
    first >= 0 && first < 128,
  )
}

// 11
{
  const patch: Patch = {
    knobs: { k: 0 },
    voices: { mode: 'drone' },
    devices: { o: { type: 'oscillator' } },
    connections: [
      ['k', 'o.amplitude'],
      ['o', 'out'],
    ],
  }
  const synth = await createOffline({ patch })
  const calls = 200_000
  const before = process.cpuUsage()
  for (let i = 0; i < calls; i++) {
    synth.setKnob('k', (i % 1000) / 999)
    if (i % 200 === 199) await synth.advance(128 / 48000)
  }
  const used = process.cpuUsage(before)
  const rate = calls / ((used.user + used.system) / 1e6)
  const arrived = synth.knob('k') === ((calls - 1) % 1000) / 999
  await synth.close()
  report(
    '11',
    '`setKnob` calls per second of CPU, a block rendered every 200',
    `${Math.round(rate / 1000)},000`,
    '≥ 50,000',
    rate >= 50_000 && arrived,
  )
}

if (process.argv.includes('--write')) {
  const table = rows
    .map(
      (row) =>
        `| ${row.number} | ${row.figure} | ${row.measured} | ${row.budget} | ${row.budget === '' ? '' : row.kept ? 'kept' : '**missed**'} |`,
    )
    .join('\n')
  const text = `# Performance

Measured by \`npm run bench -- --write\` on ${new Date().toISOString().slice(0, 10)}: ${os.cpus()[0]?.model}, ${os.cpus().length} cores, Node ${process.version}.
Figures are medians of ${rounds} interleaved runs in one process; CPU time unless the row says wall time. They are goals, not
tests: nothing in \`npm test\` depends on how fast a machine is. The row numbers are those of the project's budgets.

| # | figure | measured | budget | |
|---|---|---|---|---|
${table}

POLY-SUB is a voice of three band-limited saws (unison, +7 cents, an octave down) into a resonant 2-pole low-pass, whose
cutoff is moved by an ADSR and a 5 Hz sine, into a VCA with an ADSR; the sum goes through chorus, feedback delay and reverb.
POLY-MONO is the same without the effects. The contestants are in \`bench/\`: by hand, one SynthDef a voice on the same
engine; Elementary's offline renderer; node-web-audio-api's offline context.

What is missed, and why: the price of modularity (1, and with it 2) is the copying of signals between six synths a voice, and
the control-rate operators that make ports smooth and modulation bounded. The start (5, 6) is mostly the loading of modules
(the schema library above all) and the compilation of the engine. A note opened by \`EnvGen.kr\` (10) begins a block late, since
it puts out its start level for one block. Machines differ: compare ratios, not
voices. On the shared virtual machine of this table wall times varied threefold between runs, and the same SynthDefs
by hand reached half the voices that they reach elsewhere.
`
  writeFileSync(path.join(root, 'docs/performance.md'), text)
}
