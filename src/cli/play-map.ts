import { feed, soon } from '../live/feed.ts'
import { createLiveEnsemble, type LiveEnsemble, type LivePlayer } from '../live/live-ensemble.ts'
import { durationOf } from '../live/index.ts'
import { longestPause } from '../live/silence.ts'
import { maxMidiBytes } from '../midi/chunks.ts'
import type { MidiPorts } from '../midi/ports.ts'
import { bendOf, type Detach, midiIn, midiPorts } from './attach.ts'
import { reportFailure } from './failure.ts'
import { placeOf, readBytes, type Place } from './files.ts'
import type { Shell } from './io.ts'
import { loadApart } from './load-apart.ts'
import { recordLive, type LiveRecording } from './live-recording.ts'
import { ensembleParts, inFiles, openMap, silentChannels, type Mapped, type MappedPart } from './map.ts'
import type { Reading } from './open.ts'
import { over } from './over.ts'
import type { PlayFlags } from './play.ts'
import { deviceLine, reload, tellOfTrouble } from './reload.ts'
import { sayWhatWasRecorded, wavPlace } from './render.ts'
import { refillShelf, shelfOf } from './shelf.ts'
import { count } from './text.ts'
import { watchFiles, type Watch } from './watch.ts'

/** Plays the patches of a map together, each its MIDI channel, until the MIDI file is over, or somebody ends it. */
export async function playMap(shell: Shell, map: string, flags: PlayFlags): Promise<void> {
  const { io, note, print, paint, errorPaint } = shell
  const place = flags.midi === undefined ? undefined : placeOf(io.cwd, flags.midi)
  const midi = place && { place, bytes: readBytes(place, 'a MIDI file', maxMidiBytes) }
  const mapped = await openMap(shell, map, midi, flags)
  const silent = silentChannels(mapped, map, flags.midi ?? '')
  if (midi && silent !== undefined) note(silent)
  const record = flags.record === undefined ? undefined : wavPlace(io.cwd, '--record', flags.record)
  io.takeStray = (error, own) => {
    if (!own) reportFailure(error, shell)
    return !own
  }
  const starting = start(mapped, flags)
  const loader = loadApart()
  // a file that is saved while the engine starts is not missed
  const watch = watchParts(mapped.parts, placeOf(io.cwd, map), starting, loader.load, flags, shell)
  const interrupts = io.catchInterrupts()
  let ensemble: LiveEnsemble
  try {
    ensemble = await starting
  } catch (error) {
    interrupts.release()
    loader.close()
    await watch.close().catch(() => undefined)
    throw error
  }
  const players = mapped.parts.map((part, i) => ({ part, synth: ensemble.parts[i] as LivePlayer }))
  for (const [i, { part, synth }] of players.entries())
    tellOfTrouble(synth, shell, { name: nameOf(part), isFirst: i === 0 })
  let recording: LiveRecording | undefined
  let ports: MidiPorts | undefined
  let detach: Detach | undefined
  try {
    ports = await midiPorts(flags)
    if (ports && flags.midiIn !== false)
      detach = midiIn(
        players.map(({ part, synth }) => ({ synth, name: nameOf(part), ...heardBy(part), ...bendOf(flags) })),
        ports,
        flags.midiIn,
        shell,
      )
    if (record) recording = await recordLive(ensemble, record, flags.force === true)
    print(
      `${paint.green('▶')} ${paint.bold(map)}: ${count(players.length, 'patch')} on ${deviceLine(ensemble)}`,
    )
    if (ensemble.notice !== undefined) note(`${errorPaint.yellow('note')}: ${ensemble.notice}`)
    if (midi === undefined && (detach === undefined || ports?.inputs.length === 0))
      note(`${map} waits for notes: from MIDI (--midi-in) or a file (--midi)`)
    note(errorPaint.dim('save a patch and it is heard; Ctrl-C ends'))
    const from = soon(ensemble)
    const duration = durationOf(mapped.parts)
    const playing = players.map(({ part: { score }, synth }) =>
      feed(
        synth,
        // so that all begin again together
        { ...score, duration },
        { loop: flags.loop === true, from, onProblem: (error) => reportFailure(error, shell) },
      ),
    )
    const played = midi && Promise.all(playing.map(({ done }) => done)).then(() => undefined)
    const pause = (): number =>
      Math.max(
        ...players.map(({ part: { open }, synth: { patch } }) =>
          longestPause({ patch, catalogue: open.catalogue }),
        ),
      )
    const ended = await over(ensemble, played, interrupts.signal, pause)
    if (ended === 'interrupted') for (const one of playing) one.stop()
  } finally {
    loader.close()
    await watch.close()
    await detach?.()
    ports?.close()
    await ensemble.close()
    io.takeStray = undefined
    interrupts.release()
    if (recording && record) {
      const report = await recording.finish()
      sayWhatWasRecorded(record.shown, { ...report, speed: 1 }, shell)
    }
  }
}

const nameOf = ({ channel, open }: MappedPart): string => `${open.file} (channel ${channel})`

const heardBy = ({ channel, transpose }: MappedPart) => ({
  channel,
  ...(transpose !== undefined && { transpose }),
})

async function start(mapped: Mapped, { device, buffer }: PlayFlags): Promise<LiveEnsemble> {
  try {
    return await createLiveEnsemble({
      parts: ensembleParts(mapped),
      ...(device !== undefined && { device }),
      ...(buffer !== undefined && { bufferFrames: buffer }),
    })
  } catch (error) {
    throw inFiles(error, mapped)
  }
}

/** Has each patch go over to what its files say, whenever one of them is saved, and keeps up with the snapshots beside it. */
function watchParts(
  parts: readonly MappedPart[],
  map: Place,
  starting: Promise<LiveEnsemble>,
  load: Required<Reading>['load'],
  flags: PlayFlags,
  shell: Shell,
): Watch {
  const watched = parts.map((part) => ({
    ...part,
    beside: shelfOf(shell.io.cwd, part.open.file),
    files: part.files,
  }))
  const all = (): string[] => [map.path, ...watched.flatMap(({ files, beside }) => [...files, beside.path])]
  const watch = watchFiles(async (changed) => {
    // one that does not start is told of by whoever starts it
    const ensemble = await starting.catch(() => undefined)
    if (ensemble === undefined) return
    if (changed.has(map.path)) shell.note(`${map.shown}: which patches play is read at the start only`)
    for (const [i, part] of watched.entries()) {
      const synth = ensemble.parts[i] as LivePlayer
      if (changed.has(part.beside.path)) refillShelf(synth, part.beside, part.open.catalogue, shell)
      if ([...part.files].some((file) => changed.has(file)))
        part.files = await reload(synth, { ...part.open, load }, flags, shell, part.files)
    }
    watch.follow(all())
  })
  watch.follow(all())
  return watch
}
