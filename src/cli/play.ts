import { Option, type Command } from 'commander'
import { fail, MegasynthError, type Problem } from '../errors/index.ts'
import { maxMidiBytes } from '../midi/chunks.ts'
import { addAttachFlags } from './attach.ts'
import { openCatalogue } from './catalogue.ts'
import { placeOf, readBytes } from './files.ts'
import { bufferFlag, deviceFlag, loopFlag, setFlag } from './flags.ts'
import type { Shell } from './io.ts'
import { openMap, silentChannels } from './map.ts'
import { openPatch } from './open.ts'
import { scoreOf } from './score.ts'
import { missingProgram, openShelf, shelfOf } from './shelf.ts'
import { playOn, type StageFlags } from './stage.ts'
import { keyboardFlag, tuningFlag } from './tuning.ts'

/** What is played, and how. */
interface PlayFlags extends StageFlags {
  readonly map?: string
  readonly notes?: string
  readonly midi?: string
}

/** Adds `megasynth play`. */
export function addPlay(program: Command, shell: Shell): void {
  const command = program
    .command('play')
    .summary('play a patch, and reload it whenever it is saved')
    .description(
      'Plays a patch on a sound card. Whenever the file, one that it imports or one of --devices is saved, the patch goes over to what it says now, while it sounds. Ctrl-C ends it.',
    )
    .argument('[patch]', 'a patch file: .ts, .mts, .js, .mjs or .json')
    .option('-n, --notes <text>', 'notes, a beat each: "C4+E4+G4 F4 G4" (+ joins a chord, - rests, _ holds)')
    .addOption(new Option('-m, --midi <file>', 'a standard MIDI file to be played').conflicts('notes'))
    .addOption(
      new Option(
        '--map <file>',
        'JSON: which patch plays which MIDI channel, of the MIDI file and of MIDI ports, instead of <patch>',
      ).conflicts(['notes', 'set', 'tuning', 'keyboard', 'midiChannel', 'mpe']),
    )
    .addOption(loopFlag())
    .addOption(deviceFlag())
    .addOption(bufferFlag())
    .option('--record <file>', 'record what is heard to a WAV file')
    .option('--force', 'replace a recording that is already there')
    .addOption(setFlag())
    .addOption(tuningFlag())
    .addOption(keyboardFlag())
    .option('--devices <file>', 'a file with device types of your own')
  addAttachFlags(command)
    .addHelpText(
      'after',
      `
Examples:
  $ megasynth play drone.ts                              edit and save drone.ts while it plays
  $ megasynth play pad.ts --notes "C4+E4+G4 F4+A4+C5" --loop
  $ megasynth play pad.ts --midi prelude.mid --record take.wav
  $ megasynth play bass.ts --midi-in Keystation --osc 57130
  $ megasynth play --map band.json --midi song.mid --loop
  $ megasynth play bass.ts --device silent               without a sound card`,
    )
    .action(async (file: string | undefined, flags: PlayFlags) => {
      checkTogether(flags)
      if (flags.map === undefined) await play(shell, file ?? nothing(), flags)
      else await playMap(shell, flags.map, file === undefined ? flags : twice(file, flags.map))
    })
}

const nothing = (): never =>
  fail({
    code: 'invalid-option',
    path: '<patch>',
    message: 'there is nothing to be played',
    expected: 'a patch file, or --map',
    suggestion: 'megasynth help play shows how it is used',
  })

const twice = (file: string, map: string): never =>
  fail({
    code: 'invalid-option',
    path: file,
    message: 'the patches are those of the map',
    expected: `only --map ${map}`,
    suggestion: 'remove it, or --map',
  })

/** Refuses flags that would be passed over for want of others. @throws MegasynthError `invalid-option` */
function checkTogether({ loop, notes, midi, osc, oscAddress, midiIn, midiChannel, mpe }: PlayFlags): void {
  const problem = (path: string, message: string, expected: string): Problem => ({
    code: 'invalid-option',
    path,
    message,
    expected,
  })
  const problems = [
    ...(loop === true && notes === undefined && midi === undefined
      ? [problem('--loop', 'there are no notes to be played again', '--notes or --midi beside it')]
      : []),
    ...(oscAddress !== undefined && osc === undefined
      ? [
          problem(
            '--osc-address',
            'says where OSC is listened to, and nobody listens',
            '--osc <port> beside it',
          ),
        ]
      : []),
    ...(midiIn === false && (midiChannel !== undefined || mpe === true)
      ? [
          problem(
            mpe === true ? '--mpe' : '--midi-channel',
            'says how MIDI is heard, and none is',
            'no --no-midi-in beside it',
          ),
        ]
      : []),
  ]
  if (problems.length > 0) throw new MegasynthError(problems)
}

/** Plays a patch until its score is over, or somebody ends it. */
export async function play(shell: Shell, file: string, flags: PlayFlags): Promise<void> {
  const { io, note } = shell
  const files = new Set<string>()
  const devices = new Set<string>()
  const catalogue = await openCatalogue(io.cwd, flags.devices, (one) => devices.add(one))
  const open = await openPatch(io.cwd, file, flags, { catalogue, onFile: (one) => files.add(one) })
  const snapshots = openShelf(shelfOf(io.cwd, file), open.catalogue, shell)
  const score = await scoreOf(io.cwd, flags, open, { snapshots, onMissing: missingProgram(snapshots, note) })
  await playOn(
    { title: file, parts: [{ open, files, snapshots }], devices, ...(score && { scores: [score] }) },
    flags,
    shell,
  )
}

/** Plays the patches of a map together, each its MIDI channel, until the MIDI file is over, or somebody ends it. */
async function playMap(shell: Shell, map: string, flags: PlayFlags): Promise<void> {
  const { cwd } = shell.io
  const place = flags.midi === undefined ? undefined : placeOf(cwd, flags.midi)
  const midi = place && { place, bytes: readBytes(place, 'a MIDI file', maxMidiBytes) }
  const devices = new Set<string>()
  const mapped = await openMap(shell, map, midi, flags, (one) => devices.add(one))
  const silent = silentChannels(mapped, map, flags.midi ?? '')
  if (silent !== undefined) shell.note(silent)
  const { parts } = mapped
  const scores = midi && parts.map(({ score }) => score)
  await playOn(
    { title: map, map: placeOf(cwd, map), parts, devices, ...(scores && { scores }) },
    flags,
    shell,
  )
}
