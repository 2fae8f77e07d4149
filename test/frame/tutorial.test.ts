import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WaveFile } from 'wavefile'
import { cents, fundamental, rms } from '../audio/ear.ts'
import { scratch, watching, type Watched } from '../cli/helpers.ts'
import { typeErrors } from '../types/check.ts'
import { until } from '../until.ts'

const root = join(import.meta.dirname, '../..')
const main = join(root, 'dist/cli/main.js')
const folder = scratch()

/** What a reader meets in a chapter, in order. */
type Step =
  | { readonly kind: 'block'; readonly language: string; readonly info: string; readonly body: string }
  /** `<!-- heard: … -->`: what the text says is heard, for this test. */
  | { readonly kind: 'heard'; readonly claim: string }

/** The chapters of a page. */
const chaptersOf = (page: string): { title: string; text: string; steps: Step[] }[] =>
  readFileSync(join(root, 'docs', page), 'utf8')
    .split(/^(?=## )/m)
    .map((text) => ({
      title: text.split('\n')[0] ?? '',
      text,
      steps: Array.from(
        text.matchAll(/^```(\w+) ?(.*)\n([^]*?)^```$|<!-- heard: (.*?) -->/gm),
        ([, language = '', info = '', body = '', claim]): Step =>
          claim === undefined ? { kind: 'block', language, info, body } : { kind: 'heard', claim },
      ),
    }))

/** What a reader does once, and the machine of the tests has done. */
const done = ['git clone … megasynth && cd megasynth', 'npm ci']

/** What runs until it is ended, and what the last command or save has said since. */
let live: Watched | undefined
let said = (): string => ''
let isRunning = false
/** It is a prompt, at which something can be typed. */
let isPrompt = false
/** Each file as it was last without a mistake. */
const good = new Map<string, string>()
const ran: string[] = []

beforeAll(() => {
  // the folder of the clone, as commands and imports see it
  mkdirSync(join(folder.path, 'node_modules'))
  symlinkSync(root, join(folder.path, 'node_modules/megasynth'), 'junction')
  symlinkSync(join(root, 'examples'), join(folder.path, 'examples'), 'junction')
})

afterAll(async () => await end())

async function end(): Promise<void> {
  const ending = live
  live = undefined
  if (ending === undefined) return
  if (isPrompt) ending.hangUp()
  else ending.interrupt()
  isPrompt = false
  expect([await ending.code, ending.text()]).toEqual([0, ending.text()])
}

const argumentsOf = (command: string): string[] =>
  Array.from(command.matchAll(/"([^"]*)"|(\S+)/g), ([, quoted, bare]) => quoted ?? bare ?? '')

function program(argv: readonly string[]): string {
  const environment = { ...process.env, NO_COLOR: '1' }
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, { cwd: folder.path, env: environment, encoding: 'utf8' }) // prettier-ignore
  // two patches differ
  const wanted = argv[1] === 'diff' ? 1 : 0
  expect([argv.slice(1), status, stderr]).toEqual([argv.slice(1), wanted, stderr])
  return stdout + stderr
}

async function run(line: string): Promise<void> {
  const command = line.replace(/ +#.*/, '')
  ran.push(command)
  if (done.includes(command)) return
  if (command === 'npm start') {
    // what it does is a test of test/cli/process.test.ts
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> } // prettier-ignore
    expect(scripts.start).toBe('node dist/cli/main.js demo')
    return
  }
  const [npx, name, ...argv] = argumentsOf(command)
  expect([npx, name]).toEqual(['npx', expect.stringMatching(/^(megasynth|jiti)$/)])
  if (argv[0] === 'play' || argv[0] === 'repl') {
    await end()
    isPrompt = argv[0] === 'repl'
    const one = watching([...argv, '--device', 'silent'], folder.path)
    live = one
    said = () => one.text()
    isRunning = true
    await one.says(isPrompt ? 'Ctrl-D ends' : 'Ctrl-C ends')
  } else {
    // whoever types a command again has left the prompt
    if (isPrompt) await end()
    const text = program([name === 'jiti' ? join(root, 'node_modules/jiti/lib/jiti-cli.mjs') : main, ...argv])
    said = () => text
    isRunning = false
  }
}

async function save(name: string, body: string, isMistake: boolean): Promise<void> {
  const isCode = name.endsWith('.ts')
  const errors = isCode
    ? typeErrors(body.replaceAll(/from '\.\/(examples\/\w+|pluck)\.ts'/g, "from '../../examples/starter.ts'"))
    : []
  if (isMistake) expect(errors.length).toBeGreaterThan(0)
  else expect(errors).toEqual([])
  if (!isMistake) good.set(name, body)
  const before = live?.text().length ?? 0
  // whoever has a sound card is spared
  folder.write(name, body.replace('createSynth({ patch })', "createSynth({ patch, device: 'silent' })"))
  const one = live
  if (one) [said, isRunning] = [() => one.text().slice(before), true]
  if (!isMistake && body.includes('definePatch')) program([main, 'check', name])
}

/** A line as it is printed: `…` is anything, and how long something takes is not told beforehand. */
const patternOf = (line: string): RegExp =>
  new RegExp(
    line
      .replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`)
      .replaceAll('…', '.*')
      .replaceAll(/\d+ ms/g, String.raw`\d+(\.\d+)? ms`),
  )

async function prints(body: string): Promise<void> {
  for (const line of body.trimEnd().split('\n')) {
    const pattern = patternOf(line)
    if (isRunning) await until(() => pattern.test(said()), said)
    expect(said()).toMatch(pattern)
  }
}

/** What is typed at a prompt, line by line, and what is answered. */
async function types(body: string): Promise<void> {
  const one = live
  expect([isPrompt, one === undefined]).toEqual([true, false])
  for (const [, line = '', answer = ''] of body.matchAll(/^> (.*)\n((?:(?!> ).*\n)*)/gm)) {
    const before = one?.text().length ?? 0
    said = () => one?.text().slice(before) ?? ''
    isRunning = true
    // what is typed comes back when all before it has been done
    one?.type(line)
    typed++
    one?.type(`'done ${typed}'`)
    await prints(`done ${typed}`)
    if (answer !== '') await prints(answer)
    else expect(said()).not.toContain('✗')
  }
}
let typed = 0

/** The left channel of a WAV file, or of a patch that is rendered. */
function soundOf(file: string, notes?: string): { readonly sampleRate: number; readonly left: Float32Array } {
  const wav = file.endsWith('.wav') ? file : `${file}.wav`
  if (wav !== file) {
    const score = notes === undefined ? [] : ['--notes', notes]
    program([main, 'render', file, ...score, '--seconds', '3', '--force', '-o', wav])
  }
  const read = new WaveFile(readFileSync(join(folder.path, wav)))
  const [left] = read.getSamples(false, Float64Array) as unknown as readonly Float64Array[]
  const { sampleRate } = read.fmt as { readonly sampleRate: number }
  return { sampleRate, left: Float32Array.from(left ?? []) }
}

/** How much of a sound is highs: the level of its differences by its own. */
const highs = (signal: Float32Array): number => {
  const steps = signal.map((x, i) => x - (signal[i - 1] ?? x))
  return rms(steps) / rms(signal)
}

const figuresOf = (text: string): readonly string[] =>
  text.replaceAll(/<!--.*?-->|```[^]*?```/g, '').match(/\d+ Hz/g) ?? []

function hears(claim: string, text: string): void {
  // what is measured is what the page says
  for (const [figure] of claim.matchAll(/\d+ Hz/g)) expect(figuresOf(text)).toContain(figure)
  const [, bright, soft] = /^(\S+) brighter than (\S+)$/.exec(claim) ?? []
  if (bright !== undefined && soft !== undefined) {
    expect(highs(soundOf(bright).left)).toBeGreaterThan(1.5 * highs(soundOf(soft).left))
    return
  }
  if (claim.endsWith('.wav sounds')) {
    expect(rms(soundOf(claim.replace(' sounds', '')).left)).toBeGreaterThan(0.001 * 2 ** 15)
    return
  }
  const [, file = '', , note, hertz, changing] = /^(\S+?)( (\w+),)? (\d+) Hz(, changing)?$/.exec(claim) ?? []
  const { sampleRate, left } = soundOf(file, note)
  // after its beginning, and before a note ends
  const from = note === undefined ? Math.floor(left.length / 2) : Math.floor(0.1 * sampleRate)
  const part = left.subarray(from, from + Math.floor(0.4 * sampleRate))
  expect(Math.abs(cents(Number(hertz), fundamental(part, sampleRate)))).toBeLessThan(10)
  if (note !== undefined || file.endsWith('.wav')) return
  const windows = [0.35, 0.5, 0.65, 0.8].map((at) => {
    const start = Math.floor(at * left.length)
    return highs(left.subarray(start, start + 9600))
  })
  const change = Math.max(...windows) / Math.min(...windows)
  if (changing === undefined) expect(change).toBeLessThan(1.05)
  else expect(change).toBeGreaterThan(1.3)
}

async function follow({ steps, text }: ReturnType<typeof chaptersOf>[number]): Promise<void> {
  for (const step of steps)
    if (step.kind === 'heard') hears(step.claim, text)
    else if (step.language === 'sh') for (const line of step.body.trimEnd().split('\n')) await run(line)
    else if (step.language === 'console') await types(step.body)
    else if (step.language === 'text') {
      await prints(step.body)
      // who reads on has mended it
      if (said().includes('the patch before plays on'))
        for (const [name, body] of good) await save(name, body, false)
    } else {
      const [name = '', mistake] = step.info.split(' ')
      expect(name).toMatch(new RegExp(`\\.${step.language}$`))
      await save(name, step.body, mistake === 'mistake')
    }
}

describe('docs/tutorial.md', () => {
  it.each(chaptersOf('tutorial.md'))('$title', follow)

  it('was all of it', async () => {
    await end()
    expect(done.filter((command) => !ran.includes(command))).toEqual([])
    expect(ran.length).toBeGreaterThan(12)
    expect(good.size).toBeGreaterThan(1)
  })
})

describe('docs/for-supercollider-users.md', () => {
  it.each(chaptersOf('for-supercollider-users.md'))('$title', follow)

  it('was all of it', () => expect(ran.slice(-2)).toEqual(['npx jiti look.ts', 'npx jiti decode.ts']))
})
