import { MegasynthError } from '../errors/index.ts'
import type { LiveStatus } from '../engine/live.ts'
import type { LiveSynth } from '../live/live-synth.ts'
import { reportLine } from '../plan/index.ts'
import { reportFailure } from './failure.ts'
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

/**
 * Goes over to what the files say now. If that is wrong, the old patch plays on. If the loader is closed
 * meanwhile, nothing changes and nothing is said.
 *
 * @param before the files of which the patch was made
 * @returns the files to be watched from now on
 */
export async function reload(
  synth: Pick<LiveSynth, 'apply'>,
  { file, catalogue, load }: Pick<OpenPatch, 'file' | 'catalogue'> & Required<Pick<Reading, 'load'>>,
  flags: TuningFlags & { readonly set: readonly KnobSetting[] },
  shell: Shell,
  before: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  const { io, print, note, paint, errorPaint } = shell
  const files = new Set<string>()
  const begin = performance.now()
  try {
    const { patch } = await openPatch(io.cwd, file, flags, {
      catalogue,
      load,
      onFile: (one) => files.add(one),
    })
    const report = await synth.apply(patch)
    const milliseconds = performance.now() - begin
    print(`${paint.cyan('↻')} ${file}: ${reportLine({ ...report, milliseconds })}`)
    return files
  } catch (error) {
    if (error instanceof LoadingEnded) return before
    reportFailure(error, shell)
    note(errorPaint.dim('the patch before plays on'))
    // what broke it may be any of these
    return new Set([...before, ...files])
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
