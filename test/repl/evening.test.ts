import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { readMidiFile } from '../../src/midi/file.ts'
import { scratch } from '../cli/helpers.ts'
import { keys, openTerminal, pasted, type Terminal } from './terminal.ts'

const folder = scratch()
const lead = {
  name: 'lead',
  voices: 4,
  knobs: { cutoff: 0.5, level: 0.5 },
  devices: {
    lfo0: { type: 'lfo', frequency: 5 },
    oscillator0: { type: 'oscillator' },
    filter0: { type: 'filter' },
    amplifier0: { type: 'amplifier' },
  },
  connections: [
    ['oscillator0', 'filter0.in'],
    ['cutoff', 'filter0.cutoff'],
    ['filter0', 'amplifier0.in'],
    ['level', 'amplifier0.gain'],
    ['amplifier0', 'out'],
  ],
}
/** A patch file of more than 200 lines, as somebody copies it from an editor. */
const long = [
  "import { definePatch } from 'megasynth'",
  '',
  'export default definePatch({',
  "  voices: { mode: 'drone' },",
  '  devices: {',
  ...Array.from(
    { length: 100 },
    (_, i) => `\t\tosc${i}: { type: 'oscillator', frequency: ${100 + i}, amplitude: 0.005 },`,
  ),
  '  },',
  '  connections: [',
  ...Array.from({ length: 100 }, (_, i) => `    ['osc${i}', 'out'], // the ${i}th`),
  '  ],',
  '})',
  '',
].join('\n')

let terminal: Terminal
/** Enters a line, and fails unless it is answered so. */
const expectEntered = async (line: string, says?: string | RegExp): Promise<string> =>
  await terminal.enter(line, says)
/** Types a piece of a line, presses Tab when it has been echoed, and waits for what that adds. */
const completes = async (piece: string, adds: string): Promise<void> => {
  terminal.type(piece)
  await terminal.says(piece)
  // a key of its own: what comes in one piece is taken for pasted, and then a Tab is a Tab
  terminal.type(keys.tab)
  await terminal.says(adds)
}
const environment = { XDG_STATE_HOME: join(folder.path, 'state'), NODE_OPTIONS: `--import=${JSON.stringify(join(folder.path, 'workers.mjs'))}` } // prettier-ignore

const start = async (): Promise<Terminal> => {
  const opened = openTerminal(['repl', 'lead.json', '--device', 'silent'], {
    cwd: folder.path,
    env: environment,
  })
  await opened.says('Ctrl-D ends')
  await opened.says('> ')
  return opened
}

beforeAll(async () => {
  folder.write('lead.json', JSON.stringify(lead))
  folder.write('other.json', JSON.stringify({ ...lead, voices: 2 }))
  // the engine's thread is within reach, to be killed
  folder.write('workers.mjs', "globalThis.threads = []\nprocess.on('worker', (one) => threads.push(one))\n")
  terminal = await start()
})

describe('an evening at the prompt', () => {
  it('plays, and turns knobs', async () => {
    await expectEntered("chord('C4+E4+G4', 0.3)")
    await expectEntered("noteOn('A3')")
    expect(await expectEntered("setKnob('cutoff', 0.8)", 'filter0.cutoff')).toContain(
      '▕████████████████    ▏  0.80',
    )
    await expectEntered("play('C4 E4 - G4')")
    expect(await expectEntered('knobs()', 'level')).toContain('cutoff')
    await expectEntered('tempo(90)')
    await expectEntered('tempo()', '90')
  })

  it('completes functions, knobs, devices and ports', async () => {
    await completes('setKn', 'ob(')
    await completes("'cu", "toff'")
    await expectEntered(', 0.6)', '0.60')
    await completes("connect('lf", "o0'")
    await completes(", 'fil", 'ter0.')
    await completes('res', "onance'")
    await expectEntered(', 0.1)', 'filter0')
    await expectEntered('patch.connections.at(-1)', "[ 'lfo0', 'filter0.resonance', 0.1 ]")
  })

  it('hears and shows what goes on', async () => {
    await expectEntered('panic()')
    await expectEntered("noteOn('A3')")
    const heard = await expectEntered("probe('oscillator0')", 'pitch')
    expect(heard).toContain('level')
    await expectEntered("Math.round((await probe('oscillator0')).pitch / 10)", '22')
    await expectEntered("probe('lfo0')", 'from −1 to 1')
    await expectEntered('tree()', /voice \d\r?\n +oscillator0 +oscillator/)
    await expectEntered('stats()', '4 in all')
    await expectEntered('graph()', 'final stage')
    await expectEntered("help('setKnob')", 'Turns a knob')
    // whoever writes a name alone is told what it does
    await expectEntered('help', "help('setKnob') tells more")
    await expectEntered('exit', 'Ends the session')
  })

  it.each([
    ['a name that is none', 'nte(60)', 'did you mean "note"?'],
    ['a note without quotes', 'note(Eb4)', "it stands in quotes: 'Eb4'"],
    ['a knob without quotes', 'setKnob(cutoff, 1)', "it stands in quotes: 'cutoff'"],
    ['a device without quotes', "connect(lfo0, 'out')", "it stands in quotes: 'lfo0'"],
    ['a word of another prompt', 'quit()', 'exit() ends the session'],
    ['a knob that is none', "setKnob('cutof', 1)", 'did you mean "cutoff"?'],
    ['a mistake of writing', 'note(60', undefined],
    ['an exception', "throw new Error('now')", 'Error: now'],
    ['a promise that fails', "await Promise.reject(new Error('awaited'))", 'Error: awaited'],
    ['a promise that nobody awaits', "void Promise.reject(new Error('alone'))", 'Error: alone'],
    ['a timer', "void setTimeout(() => { throw new Error('late') })", 'Error: late'],
    ['a name of a function taken', 'const note = 1', 'choose another one'],
    ['a value that throws as it is looked at', 'new Proxy({}, { get() { throw 1 } })', undefined],
    ['a patch that is wrong', 'apply({ devices: 3 })', 'invalid-value'],
    ['a file that is not there', "load('leed.json')", 'unreadable-file'],
  ])('survives %s', async (_, line, says) => {
    terminal.type(`${line}\r`)
    if (says !== undefined) await terminal.says(says)
    else await terminal.says(/\n/)
    terminal.type(keys.ctrlC)
    await terminal.says('> ')
    await expectEntered("'alive' + 1", 'alive1')
  })

  it('gives up what does not end, at Ctrl-C', async () => {
    // it says when it is under way: until then Ctrl-C would only give up the line
    for (const endless of [
      "console.log('on' + 'wards'); while (true) {}",
      "await 1; console.log('on' + 'wards'); await new Promise(() => {})",
      "Promise.resolve().then(() => console.log('on' + 'wards')).then(() => new Promise(() => {}))",
    ]) {
      terminal.type(`${endless}\r`)
      await terminal.says('onwards')
      terminal.type(keys.ctrlC)
      await terminal.says(/interrupted|no longer waited for/)
      await terminal.says('> ')
    }
    await expectEntered("'alive' + 2", 'alive2')
  })

  it.each([
    "while (true) console.log('on' + 'wards')",
    "while (true) process.stdout.write('on' + 'wards\\n')",
  ])('is given back by Ctrl-C in the middle of %s', async (endless) => {
    for (let i = 0; i < 20; i++) {
      terminal.type(`${endless}\r`)
      await terminal.says('onwards')
      terminal.type(keys.ctrlC)
      await terminal.says('interrupted')
      await terminal.says('> ')
      await expectEntered("'alive' + 3", 'alive3')
    }
  })

  it('plays on after Ctrl-C in the middle of knobs and notes without end', async () => {
    for (let i = 0; i < 10; i++) {
      terminal.type(
        "console.log('on' + 'wards'); while (true) { setKnob('cutoff', Math.random()); noteOn(60); noteOff(60) }\r",
      )
      await terminal.says('onwards')
      terminal.type(keys.ctrlC)
      await terminal.says('interrupted')
      await terminal.says('> ')
    }
    await expectEntered("setKnob('cutoff', 0.6)", '0.60')
    await expectEntered('panic()')
    await expectEntered("noteOn('A3')")
    await expectEntered("Math.round((await probe('oscillator0')).pitch / 10)", '22')
    await expectEntered('panic()')
  })

  it('takes a patch file that is pasted, of two hundred lines with tabs and comments, and takes it back', async () => {
    terminal.type(pasted(long))
    await terminal.says(/synths +\d+ born/)
    await terminal.says('> ')
    await expectEntered('Object.keys(patch.devices).length', '100')
    await expectEntered('undo()', 'added')
    await expectEntered('Object.keys(patch.devices).length', '4')
    await expectEntered('redo()', 'added')
    await expectEntered('undo()', 'added')
  })

  it('leaves the last line of what is pasted to be edited', async () => {
    terminal.type(pasted('const a = 20\nconst b = a'))
    await expectEntered(' + 1')
    await expectEntered('b * 2', '42')
  })

  it('changes the patch by hand', async () => {
    await expectEntered("addDevice('echo', { type: 'delay', time: 0.2 })", 'added    echo')
    await expectEntered("connect('amplifier0', 'echo.in')", 'kept')
    await expectEntered("connect('echo', 'out')", 'kept')
    await expectEntered("set('filter0.resonance', 0.4)", 'filter0')
    await expectEntered("renameDevice('echo', 'delay0')", 'echo → delay0')
    await expectEntered('setVoices(3)', '4 → 3')
    await expectEntered('undo()', '3 → 4')
    await expectEntered("disconnect('delay0', 'out')", 'kept')
    await expectEntered("removeDevice('delay0')", 'removed  delay0')
  })

  it('changes a copy of the patch, which is heard when it is applied, and taken back', async () => {
    await expectEntered('patch.devices.filter0.resonance = 0.9; apply(patch)', 'set      filter0')
    await expectEntered('synth.patch.devices.filter0.resonance', '0.9')
    await expectEntered('undo()', 'set      filter0')
    await expectEntered('patch.devices.filter0.resonance', '0.4')
    // what is wrong in it is no harm to anything else
    await expectEntered("patch.devices.zz = { type: 'nope' }; apply(patch)", 'unknown-device-type')
    await expectEntered('graph()', 'final stage')
    await expectEntered('knobs()', 'level')
    await expectEntered("save('sound.json')", 'sound.json is written')
    expect(readFileSync(join(folder.path, 'sound.json'), 'utf8')).not.toContain('nope')
    await expectEntered("set('filter0.resonance', 0.5)", 'filter0')
    await expectEntered("'zz' in patch.devices", 'false')
    await expectEntered('undo()', 'filter0')
  })

  it('stores the patch, and recalls it at once and with the next beat', async () => {
    await expectEntered("store('verse')", 'verse is stored, in lead.snapshots.json')
    await expectEntered("set('filter0.resonance', 0.9)", 'filter0')
    await expectEntered("setKnob('cutoff', 0.1, { over: 0.1 })", '0.10')
    await expectEntered("store('chorus')", 'chorus is stored')
    await completes("recall('ver", "se'")
    await expectEntered(')', 'set      filter0')
    await expectEntered("knob('cutoff')", '0.6')
    terminal.type("recall('chorus', { at: 'beat' })\r")
    await terminal.says('comes with the next beat')
    await terminal.says(/chorus: .*filter0/)
    await terminal.says('> ')
    await expectEntered('snapshots()', "[ 'verse', 'chorus' ]")
    await expectEntered("recall('verse')", 'filter0')
  })

  it('records, saves, loads and watches', async () => {
    await expectEntered("record('take.wav')", 'recording take.wav')
    await expectEntered("recordMidi('take.mid')", 'recording take.mid')
    await expectEntered("note('C4', 0.2)")
    await expectEntered("await probe('out', { seconds: 0.5 }); 'heard'", "'heard'")
    await expectEntered('stop()', /✓ take\.wav: \d+\.\d+ s, peak −\d[^]*✓ take\.mid: \d+\.\d+ s, 1 note\r?\n/)
    expect(readFileSync(join(folder.path, 'take.wav')).subarray(0, 4).toString()).toBe('RIFF')
    const { messages } = readMidiFile(readFileSync(join(folder.path, 'take.mid')))
    expect(messages.flatMap(({ message: m }) => ('note' in m ? [[m.kind, m.note]] : []))).toEqual([['noteOn', 60], ['noteOff', 60]]) // prettier-ignore
    await expectEntered("recordMidi('lead.json', { force: true })", "recordMidi('lead.mid')")
    await expectEntered("recordMidi('take.mid')", "replace it: recordMidi('take.mid', { force: true })")
    await expectEntered("save('mine.ts')", 'mine.ts is written')
    expect(readFileSync(join(folder.path, 'mine.ts'), 'utf8')).toContain('cutoff: 0.6')
    await expectEntered("save('lead.json')", 'file-exists')
    await expectEntered("load('other.json')", '4 → 2')
    await expectEntered("watch('mine.ts')", 'each time that it is saved')
    const text = readFileSync(join(folder.path, 'mine.ts'), 'utf8')
    writeFileSync(join(folder.path, 'mine.ts'), text.replace('voices: 4', 'voices: 5'))
    await terminal.says('↻ mine.ts: voices 4 → 5')
    writeFileSync(join(folder.path, 'mine.ts'), '{{{')
    await terminal.says('the patch before plays on')
    await expectEntered('watch(false)', 'nothing is watched')
  })

  it('plays on when the engine is killed', async () => {
    await expectEntered("recordMidi('death.mid')", 'recording')
    await expectEntered("note('C4', 0.1)")
    await expectEntered('void threads[0].terminate()', 'the engine had died')
    await expectEntered("note('E4', 0.1)")
    await expectEntered(
      "await probe('out', { seconds: 0.5 }); await stop()",
      /✓ death\.mid: \d+\.\d+ s, 2 notes/,
    )
    await expectEntered("setKnob('cutoff', 0.3)", '0.30')
    await expectEntered('stats().voices.held', /\d/)
    await expectEntered('panic()')
  })

  it('plays on when a file that is loaded ends the program', async () => {
    writeFileSync(join(folder.path, 'end.ts'), 'process.exit(3)')
    await expectEntered("load('end.ts')", 'process.exit(3)')
    await expectEntered("'alive' + 4", 'alive4')
  })

  it('ends at Ctrl-D with the code 0, and remembers what was typed', async () => {
    await expectEntered("'remembered' + 1")
    terminal.type(keys.ctrlD)
    expect(await terminal.code).toBe(0)
    const again = await start()
    again.type(keys.up)
    await again.says("'remembered' + 1")
    again.type(keys.enter)
    await again.says('> ')
    await again.enter('snapshots()', "[ 'verse', 'chorus' ]")
    await again.enter('record("last.wav")', 'recording')
    await again.enter('recordMidi("last.mid")', 'recording')
    again.type('exit()\r')
    await again.says('✓ last.wav')
    await again.says('✓ last.mid')
    expect(await again.code).toBe(0)
    expect(folder.names().filter((name) => name.endsWith('.part'))).toEqual([])
    const third = await start()
    await third.enter('record("exit.wav")', 'recording')
    await third.enter('recordMidi("exit.mid")', 'recording')
    third.type('process.exit(5)\r')
    await third.says('✓ exit.wav')
    await third.says('✓ exit.mid')
    expect(await third.code).toBe(5)
  })
})
