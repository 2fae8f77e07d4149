import type { DeviceSpec, Edit, VoicePolicy } from '../patch/index.ts'
import type { NoteEvent, Report } from '../plan/index.ts'
import type { At, Synth } from './synth.ts'

/** What is said often, in a word of its own: all of it is `play` or `edit`. */
export abstract class Sayings implements Pick<
  Synth,
  | ('noteOn' | 'noteOff' | 'allNotesOff')
  | ('connect' | 'disconnect' | 'set' | 'addDevice' | 'removeDevice' | 'renameDevice' | 'setVoices')
> {
  abstract play(event: NoteEvent, when?: At): void
  abstract edit(edit: Edit): Promise<Report>

  noteOn(note: number, velocity = 0.8, when?: At): void {
    this.play({ kind: 'on', note, velocity }, when)
  }

  noteOff(note: number, when?: At): void {
    this.play({ kind: 'off', note }, when)
  }

  allNotesOff(when?: At): void {
    this.play({ kind: 'allOff' }, when)
  }

  connect(from: string, to: string, amount?: number): Promise<Report> {
    return this.edit({ type: 'connect', from, to, amount })
  }

  disconnect(from: string, to: string): Promise<Report> {
    return this.edit({ type: 'disconnect', from, to })
  }

  set(place: string, value?: string | number | boolean): Promise<Report> {
    return this.edit({ type: 'set', place, value })
  }

  addDevice(name: string, device: DeviceSpec): Promise<Report> {
    return this.edit({ type: 'addDevice', name, device })
  }

  removeDevice(name: string): Promise<Report> {
    return this.edit({ type: 'removeDevice', name })
  }

  renameDevice(name: string, to: string): Promise<Report> {
    return this.edit({ type: 'renameDevice', name, to })
  }

  setVoices(voices: number | VoicePolicy): Promise<Report> {
    return this.edit({ type: 'setVoices', voices })
  }
}
