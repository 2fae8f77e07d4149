/** Colours of a background, light or dark. Cables keep their hue on both. */
export interface Theme {
  readonly paper: string
  readonly text: string
  readonly dim: string
  readonly device: string
  readonly line: string
  readonly rule: string
  readonly frame: Readonly<Record<'before' | 'voice' | 'after', readonly [fill: string, line: string]>>
  readonly audio: string
  readonly audioHead: string
  readonly control: string
  readonly controlHead: string
  readonly knob: string
}

export const light: Theme = {
  paper: '#ffffff',
  text: '#1c2430',
  dim: '#5f6b7a',
  device: '#ffffff',
  line: '#8592a3',
  rule: '#e3e7ec',
  frame: {
    before: ['#f3f8f4', '#a9c4b0'],
    voice: ['#f3f5fb', '#a8b4d4'],
    after: ['#faf6f0', '#d3bf9f'],
  },
  audio: '#d2600a',
  audioHead: '#fdebd8',
  control: '#1f6fc4',
  controlHead: '#dfecfb',
  knob: '#2e8b4f',
}

export const dark: Theme = {
  paper: '#12161c',
  text: '#e8edf3',
  dim: '#9aa7b6',
  device: '#1e252e',
  line: '#65727f',
  rule: '#303a45',
  frame: {
    before: ['#15201a', '#4a6a54'],
    voice: ['#171c29', '#4d5c85'],
    after: ['#221d16', '#7a6646'],
  },
  audio: '#ff9b4a',
  audioHead: '#463019',
  control: '#66aef7',
  controlHead: '#1d3550',
  knob: '#5fc983',
}
