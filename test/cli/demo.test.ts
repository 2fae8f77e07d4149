import { expect, it } from 'vitest'
import { devices } from '../../src/engine/sound-devices.ts'
import { scratch, watching } from './helpers.ts'

const folder = scratch()
/** Whether this system has what a sound card needs. */
const hasLibrary =
  process.platform === 'linux' &&
  (await devices().then(
    () => true,
    () => false,
  ))

it.skipIf(!hasLibrary)(
  'the demo is heard where there is a sound card, and Ctrl-C ends it (skipped where Linux or libasound is not there)',
  async () => {
    // a card that takes whatever comes
    const config = folder.write(
      'asound.conf',
      'pcm.!default { type null hint { show on description "Null" } }\n',
    )
    const one = watching(['demo'], folder.path, { ALSA_CONFIG_PATH: config })
    await one.says('Ctrl-C ends')
    expect(one.text()).toMatch(/^▶ .*pad\.ts on "default": \d+ Hz, buffers of \d+, latency \d+ ms$/m)
    expect(one.text()).not.toContain('no sound card')
    one.interrupt()
    expect(await one.code).toBe(0)
    expect(folder.names()).toEqual(['asound.conf'])
  },
)
