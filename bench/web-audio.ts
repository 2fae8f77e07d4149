import { OfflineAudioContext, type AudioNode } from 'node-web-audio-api'
import { noteHertz } from './by-hand.ts'
import type { Contestant } from './measure.ts'

/** The reference work in Web Audio: the sustained part of notes that are held, which is what the others measure too. */
export function webAudio(voices: number): Contestant {
  return {
    name: `Web Audio, ${voices} voices`,
    async run(seconds) {
      const context = new OfflineAudioContext(2, Math.round(seconds * 48000), 48000)
      const sum = context.createGain()
      for (let i = 0; i < voices; i++) voice(context, noteHertz(i)).connect(sum)
      effects(context, sum).connect(context.destination)
      await context.startRendering()
    },
  }
}

function voice(context: OfflineAudioContext, hertz: number): AudioNode {
  const filter = context.createBiquadFilter()
  Object.assign(filter, { type: 'lowpass' })
  filter.frequency.value = 600
  filter.Q.value = 16
  filter.detune.setValueAtTime(0, 0)
  filter.detune.linearRampToValueAtTime(3600, 0.02)
  filter.detune.setTargetAtTime(2160, 0.02, 0.1)
  const lfo = context.createOscillator()
  lfo.frequency.value = 5
  const depth = context.createGain()
  depth.gain.value = 200
  lfo.connect(depth).connect(filter.detune)
  lfo.start()
  for (const ratio of [1, 2 ** (0.07 / 12), 0.5]) {
    const saw = context.createOscillator()
    saw.type = 'sawtooth'
    saw.frequency.value = hertz * ratio
    saw.connect(filter)
    saw.start()
  }
  const amplifier = context.createGain()
  amplifier.gain.setValueAtTime(0, 0)
  amplifier.gain.linearRampToValueAtTime(0.05, 0.01)
  amplifier.gain.setTargetAtTime(0.035, 0.01, 0.1)
  filter.connect(amplifier)
  return amplifier
}

function effects(context: OfflineAudioContext, dry: AudioNode): AudioNode {
  const wide = context.createChannelMerger(2)
  for (const side of [0, 1]) {
    const line = context.createDelay(0.05)
    line.delayTime.value = 0.012
    const lfo = context.createOscillator()
    lfo.frequency.value = 0.8
    const depth = context.createGain()
    depth.gain.value = 0.004
    lfo.connect(depth).connect(line.delayTime)
    lfo.start()
    dry.connect(line).connect(wide, 0, side)
    dry.connect(wide, 0, side)
  }
  const echo = context.createDelay(2)
  echo.delayTime.value = 0.35
  const feedback = context.createGain()
  feedback.gain.value = 0.4
  wide.connect(echo)
  echo.connect(feedback).connect(echo)
  const room = context.createConvolver()
  const impulse = context.createBuffer(2, 24000, 48000)
  for (const side of [0, 1])
    impulse.copyToChannel(
      Float32Array.from(
        { length: 24000 },
        (_, i) => Math.sin(i * i * (12.9898 + side)) * Math.exp(-i / 6000) * 0.02,
      ),
      side,
    )
  room.buffer = impulse
  const sum = context.createGain()
  wide.connect(sum)
  echo.connect(sum)
  sum.connect(room)
  const all = context.createGain()
  sum.connect(all)
  room.connect(all)
  return all
}
