import type { DeviceSpec, Patch, VoicePolicy } from '../../patch/index.ts'
import { formatReport, type Report } from '../../plan/index.ts'
import { shortened } from '../../picture/text.ts'
import type { Command } from '../command.ts'
import type { Desk } from '../desk.ts'
import { said, shown } from '../shown.ts'

/** A report as it is printed: where many devices are concerned, the first of them are named. */
export function reported({ width }: Desk, report: Report): Report {
  const lines = formatReport(report).split('\n')
  return shown(report, lines.map((line) => shortened(line, width())).join('\n'))
}

/** Changing the patch while it sounds. All of them can be taken back. */
export const editCommands: readonly Command[] = [
  {
    name: 'connect',
    chapter: 'edit',
    call: 'connect(from, to, amount?)',
    doc: "Plugs in a cable, or gives one that is there another amount. From a knob, a device, 'keys.velocity', 'clock.beat', …, to a port or to 'out'.",
    completes: ['source', 'destination'],
    examples: ["connect('lfo0', 'filter0.cutoff', 0.1)"],
    run: async (desk, from: string, to: string, amount?: number) =>
      reported(desk, await desk.synth.connect(from, to, amount)),
  },
  {
    name: 'disconnect',
    chapter: 'edit',
    call: 'disconnect(from, to)',
    doc: 'Pulls a cable out.',
    completes: ['cable from', 'cable to'],
    examples: ["disconnect('lfo0', 'filter0.cutoff')"],
    run: async (desk, from: string, to: string) => reported(desk, await desk.synth.disconnect(from, to)),
  },
  {
    name: 'set',
    chapter: 'edit',
    call: 'set(place, value?)',
    doc: "Sets a constant in the unit of its port, an option, or 'bypass', 'shared' and 'label' of a device. Without a value it has its default again.",
    completes: ['place'],
    examples: ["set('filter0.resonance', 0.5)", "set('oscillator0.waveform', 'pulse')"],
    run: async (desk, place: string, value?: string | number | boolean) =>
      reported(desk, await desk.synth.set(place, value)),
  },
  {
    name: 'addDevice',
    chapter: 'edit',
    call: 'addDevice(name, device)',
    doc: 'Adds a device: its type, or an object with its type and its constants. It is heard when it is connected.',
    examples: ["addDevice('lfo1', 'lfo')", "addDevice('echo', { type: 'delay', time: 0.3 })"],
    run: async (desk, name: string, device: DeviceSpec | string) =>
      reported(
        desk,
        await desk.synth.addDevice(name, typeof device === 'string' ? { type: device } : device),
      ),
  },
  {
    name: 'removeDevice',
    chapter: 'edit',
    call: 'removeDevice(name)',
    doc: 'Takes a device out, with its cables. Its tail rings out.',
    completes: ['device'],
    examples: ["removeDevice('lfo1')"],
    run: async (desk, name: string) => reported(desk, await desk.synth.removeDevice(name)),
  },
  {
    name: 'renameDevice',
    chapter: 'edit',
    call: 'renameDevice(name, to)',
    doc: 'Gives a device another name. Its cables stay on it, and so does its sound.',
    completes: ['device'],
    examples: ["renameDevice('lfo0', 'vibrato')"],
    run: async (desk, name: string, to: string) => reported(desk, await desk.synth.renameDevice(name, to)),
  },
  {
    name: 'setVoices',
    chapter: 'edit',
    call: 'setVoices(voices)',
    doc: "Plays with another number of voices, 1..128, or another policy: { count, mode: 'poly', 'mono', 'legato' or 'drone' }. Notes that sound end as they would.",
    examples: ['setVoices(4)', "setVoices({ mode: 'mono' })"],
    run: async (desk, voices: number | VoicePolicy) => reported(desk, await desk.synth.setVoices(voices)),
  },
  {
    name: 'apply',
    chapter: 'edit',
    call: 'apply(patch)',
    doc: 'Goes over to another patch while it sounds. What did not change is not touched. patch is a copy of the one that sounds, to be changed and applied. A patch file that is pasted is applied as a whole, with its import and its export default.',
    examples: ['apply({ ...patch, tempo: 90 })'],
    run: async (desk, patch: Patch) => reported(desk, await desk.synth.apply(patch)),
  },
  {
    name: 'undo',
    chapter: 'edit',
    call: 'undo()',
    doc: 'Takes the last change of the patch back, up to 200 of them. Knobs stay where they are, but for those that a recalled snapshot moved: they go back to where they were before.',
    examples: ['undo()'],
    run: async (desk) => {
      const report = await desk.synth.undo()
      return report === undefined ? said('there is nothing to undo') : reported(desk, report)
    },
  },
  {
    name: 'redo',
    chapter: 'edit',
    call: 'redo()',
    doc: 'Does again what was undone last.',
    examples: ['redo()'],
    run: async (desk) => {
      const report = await desk.synth.redo()
      return report === undefined ? said('nothing was undone') : reported(desk, report)
    },
  },
]
