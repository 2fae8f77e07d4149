import { MegasynthError } from '../errors/index.ts'
import type { LiveStatus } from '../engine/live.ts'
import type { LiveSynth } from '../live/live-synth.ts'
import type { Patch } from '../patch/index.ts'
import { reportLine } from '../plan/index.ts'
import { reportFailure } from './failure.ts'
import type { DeviceTypes } from './catalogue.ts'
import type { KnobSetting } from './flags.ts'
import type { Shell } from './io.ts'
import { LoadingEnded } from './load-apart.ts'
import { openPatch, type OpenPatch, type Reading } from './open.ts'
import type { TuningFlags } from './tuning.ts'

/** On what a synth is heard. */
export const deviceLine = (heard: { readonly stats: () => LiveStatus }): string => {
  const { device, sampleRate, bufferFrames, latency } = heard.stats()
  const name = device === 'silent' ? 'no sound device (silent)' : `"${device}"`
  return `${name}: ${sampleRate} Hz, buffers of ${bufferFrames}, latency ${(latency * 1000).toFixed(0)} ms`
}

/** What came of going over to something. */
export interface Reloaded {
  /** What is to be watched from now on. */
  readonly files: ReadonlySet<string>
  /** Whether it is what plays now. */
  readonly isDone: boolean
}

/**
 * Has all synths that play a patch file go over to what its files say now, and to the device types that it is made of. If that is
 * wrong, the old patch plays on. If the loader is closed meanwhile, nothing changes and nothing is said.
 *
 * @param before the files of which the patch was made
 */
export async function reload(
  synths: readonly Pick<LiveSynth, 'apply'>[],
  { file, catalogue, load }: Pick<OpenPatch, 'file' | 'catalogue'> & Required<Pick<Reading, 'load'>>,
  flags: TuningFlags & { readonly set: readonly KnobSetting[] },
  shell: Shell,
  before: ReadonlySet<string>,
): Promise<Reloaded> {
  const files = new Set<string>()
  const onFile = (one: string): void => void files.add(one)
  let reading: Promise<OpenPatch> | undefined
  const read = async (): Promise<Patch> =>
    (await (reading ??= openPatch(shell.io.cwd, file, flags, { catalogue, load, onFile }))).patch
  const how = await goOver(synths, file, read, catalogue, shell)
  if (how === 'ended') return { files: before, isDone: false }
  // what broke it may be any of these
  return how === 'done' ? { files, isDone: true } : { files: new Set([...before, ...files]), isDone: false }
}

/** Has the patches that play be made of other device types. What is wrong with them plays on as it was. */
export async function retype(
  synths: readonly Pick<LiveSynth, 'apply' | 'patch'>[],
  { file, catalogue }: Pick<OpenPatch, 'file' | 'catalogue'>,
  shell: Shell,
): Promise<Pick<Reloaded, 'isDone'>> {
  const read = async ({ patch }: Pick<LiveSynth, 'patch'>): Promise<Patch> => await Promise.resolve(patch)
  return { isDone: (await goOver(synths, file, read, catalogue, shell)) === 'done' }
}

/** What is the same for several is said once. @returns `ended` if nothing is loaded any more */
async function goOver<S extends Pick<LiveSynth, 'apply'>>(
  synths: readonly S[],
  file: string,
  read: (synth: S) => Promise<Patch>,
  catalogue: DeviceTypes,
  shell: Shell,
): Promise<'done' | 'wrong' | 'ended'> {
  const { print, note, paint, errorPaint } = shell
  const said = new Set<string>()
  const begin = performance.now()
  try {
    for (const synth of synths) {
      const report = await synth.apply(await read(synth), catalogue)
      const milliseconds = performance.now() - begin
      const what = reportLine({ ...report, milliseconds: 0 })
      if (!said.has(what)) print(`${paint.cyan('↻')} ${file}: ${reportLine({ ...report, milliseconds })}`)
      said.add(what)
    }
    return 'done'
  } catch (error) {
    if (error instanceof LoadingEnded) return 'ended'
    reportFailure(error, shell)
    note(errorPaint.dim('the patch before plays on'))
    return 'wrong'
  }
}

/**
 * Says in a line each what goes wrong by itself.
 *
 * @param options `name`: what the devices belong to, if there are several patches; `isFirst` of those, which tells of what they
 *   have in common
 */
export function tellOfTrouble(
  synth: Pick<LiveSynth, 'on'>,
  { note, errorPaint }: Shell,
  { name, isFirst = true }: { readonly name?: string; readonly isFirst?: boolean } = {},
): void {
  const owner = name === undefined ? '' : `${name}: `
  const where = (voice: number | undefined): string => (voice === undefined ? '' : `, voice ${voice}`)
  const warn = (text: string): void => note(`${errorPaint.yellow('warning')}: ${text}`)
  synth.on('trouble', ({ device, voice, kind }) =>
    warn(
      `${owner}${device}${where(voice)} puts out ${kind === 'nan' ? 'what is no number' : 'far too loud a signal'}: it is muted`,
    ),
  )
  synth.on('recovered', ({ device, voice }) => note(`${owner}${device}${where(voice)} is well again`))
  synth.on('restarted', ({ cause }) => {
    if (!isFirst) return
    const why = cause.problems[0]
    warn(`the engine had died (${why?.found ?? why?.message ?? 'nobody knows why'}) and plays on`)
  })
  synth.on('problem', (problem) => warn(new MegasynthError([problem]).message))
}
