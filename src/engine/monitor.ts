import { encodeSynthDefs } from '../scsynth/index.ts'

/** The SynthDef that hands a bus to an output nobody hears, where its samples can be read. */
export const monitorDef = {
  name: 'megasynth-monitor',
  /** In.ar(bus) → Out.ar(out): two parameters, three UGens. */
  bytes: encodeSynthDefs([
    {
      name: 'megasynth-monitor',
      constants: [],
      parameters: [0, 0],
      parameterNames: [
        { name: 'bus', index: 0 },
        { name: 'out', index: 1 },
      ],
      ugens: [
        { name: 'Control', rate: 'control', specialIndex: 0, inputs: [], outputs: ['control', 'control'] },
        { name: 'In', rate: 'audio', specialIndex: 0, inputs: [{ ugen: 0, output: 0 }], outputs: ['audio'] },
        {
          name: 'Out',
          rate: 'audio',
          specialIndex: 0,
          inputs: [
            { ugen: 0, output: 1 },
            { ugen: 1, output: 0 },
          ],
          outputs: [],
        },
      ],
      variants: [],
    },
  ]),
}
