import { fail, show } from '../errors/index.ts'
import { longestSession } from './blocks.ts'
import type { Happening, Player } from './player.ts'
import { Sayings } from './sayings.ts'
import type { At, Synth } from './synth.ts'
import { within } from './within.ts'

/** What a session says of its tempo and its beat, and how they are set. */
export abstract class TimeKeeper
  extends Sayings
  implements Pick<Synth, 'tempo' | 'beat' | 'running' | 'setTempo' | 'setBeat' | 'setRunning'>
{
  protected abstract readonly player: Player
  /** The patch that sounds. @throws MegasynthError `engine-closed` if there is none */
  protected abstract get sounding(): unknown
  /** Seconds of the synth's clock. */
  abstract get time(): number
  /** Blocks per second. */
  protected abstract get blockRate(): number
  /** Does something when it is its time, and tells who listens. */
  protected abstract perform(happening: Happening, when?: At): void

  get tempo(): number {
    return this.player.beats.tempo
  }

  get beat(): number {
    return this.player.beats.at(this.time * this.blockRate)
  }

  get running(): boolean {
    return this.player.beats.isRunning
  }

  setTempo(tempo: number, when?: At): void {
    within(1, 999, tempo, { code: 'out-of-range', path: 'tempo', message: 'this is no tempo' })
    void this.sounding
    this.perform({ kind: 'tempo', tempo }, when)
  }

  setBeat(beat: number, when?: At): void {
    within(0, longestSession, beat, { code: 'out-of-range', path: 'beat', message: 'there is no such beat' })
    void this.sounding
    this.perform({ kind: 'beat', beat }, when)
  }

  setRunning(running: boolean, when?: At): void {
    if (typeof running !== 'boolean')
      fail({
        code: 'invalid-value',
        path: 'running',
        message: 'neither stands nor runs',
        found: show(running),
        expected: 'true or false',
      })
    void this.sounding
    this.perform({ kind: 'running', running }, when)
  }
}
