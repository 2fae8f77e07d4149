import { expect, it } from 'vitest'
import { stateFolder } from '../../src/repl/state-folder.ts'

it.each([
  ['linux', {}, '/home/ada', '/home/ada/.local/state/megasynth'],
  ['linux', { XDG_STATE_HOME: '/var/ada' }, '/home/ada', '/var/ada/megasynth'],
  // the standard: what is relative is ignored
  ['linux', { XDG_STATE_HOME: 'state' }, '/home/ada', '/home/ada/.local/state/megasynth'],
  ['linux', { XDG_STATE_HOME: '' }, '/home/ada', '/home/ada/.local/state/megasynth'],
  ['darwin', {}, '/Users/ada', '/Users/ada/Library/Application Support/Megasynth'],
  ['darwin', { XDG_STATE_HOME: '/Users/ada/state' }, '/Users/ada', '/Users/ada/state/megasynth'],
  ['win32', { LOCALAPPDATA: 'D:\\Ada' }, 'C:\\Users\\Ada', 'D:\\Ada\\Megasynth\\State'],
  ['win32', {}, 'C:\\Users\\Ada', 'C:\\Users\\Ada\\AppData\\Local\\Megasynth\\State'],
] as const)('on %s with %j what is remembered goes to its place', (platform, env, home, folder) => {
  expect(stateFolder({ platform, env, home })).toBe(folder)
})
