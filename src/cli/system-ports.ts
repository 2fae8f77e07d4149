import type { MidiPorts } from '../midi/ports.ts'
import { checkSequencer } from './sequencer.ts'

/** The MIDI ports of this machine. @throws MegasynthError `midi-unavailable` where there are none, and why */
export async function openSystemPorts(): Promise<MidiPorts> {
  checkSequencer(process.platform)
  const { openMidiPorts } = await import('../midi/node.ts')
  return await openMidiPorts()
}
