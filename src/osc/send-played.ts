import { Movements, type Synth } from '../live/index.ts'
import type { OscSender, SendWhen } from './send.ts'

/** Milliseconds from one look after knobs on their way to the next. No step is sent ahead: a knob that is turned meanwhile would go back. */
const roundMs = 20

/**
 * Sends on what a synth plays: notes, and knobs, those on their way step by step.
 *
 * @param options `channel` 1..16: that of the synth, where several are sent to one place. Default: none
 * @returns ends it
 * @example
 * const synth = await createOffline({ patch })
 * const sender = await sendOsc({ port: 57130, time: () => synth.time })
 * const stop = sendPlayed(synth, sender)
 */
export function sendPlayed(
  synth: Pick<Synth, 'on' | 'time' | 'knob'>,
  sender: Pick<OscSender, 'play' | 'setKnob' | 'panic'>,
  options: Pick<SendWhen, 'channel'> = {},
): () => void {
  const movements = new Movements((name) => synth.knob(name))
  const round = (): void => {
    for (const { name, position, at } of movements.take(synth.time))
      sender.setKnob(name, position, { ...options, at })
    if (movements.next === Infinity) return
    timer = setTimeout(round, roundMs)
    timer.unref()
  }
  let timer: ReturnType<typeof setTimeout> | undefined
  const unhear = synth.on('played', (what) => {
    if (what.kind === 'note') sender.play(what.event, { ...options, at: what.at })
    else if (what.kind === 'panic') {
      movements.forget(what.at)
      sender.panic({ ...options, at: what.at })
    } else if (what.kind === 'knob') {
      movements.turn(what)
      clearTimeout(timer)
      round()
    }
  })
  return () => {
    clearTimeout(timer)
    unhear()
  }
}
