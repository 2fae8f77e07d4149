import type { Patch } from '../../src/patch/index.ts'

/** Names that mean something to Mermaid, Graphviz or HTML, and labels that try to get out of theirs. */
export const hostile: Patch = {
  name: '"]\n%%{init: {}}%% <script>alert(1)</script> & \\N "quoted" \u001b[31mred \u202e #quot; -->',
  voices: 2,
  knobs: {
    end: { value: 0.25, label: '"] end click end "javascript:alert(1)" --> <b>' },
    graph: { value: 1, label: '\u0000\ud800]]>' },
    subgraph: 0.5,
    style: { value: 0.1, label: ' STYLE ' },
  },
  devices: {
    node: { type: 'oscillator', label: '</text><script>alert(1)</script>' },
    digraph: { type: 'filter', label: '電子フィルター 🎹🎹' },
    strict: { type: 'lfo', label: '\\"\\l{|}<a>\r\n\t\u2028next' },
    edge: { type: 'mixer', label: '`code` **bold** ' + 'long '.repeat(180) },
    click: { type: 'reverb' },
    default: { type: 'noise', bypass: true },
    title: { type: 'lfo', label: '&amp; &#60; ' + 'e\u0301'.repeat(5) },
    c0: { type: 'lfo' },
  },
  connections: [
    ['end', 'node.amplitude', -0.5],
    ['graph', 'digraph.cutoff'],
    ['node', 'digraph.in'],
    ['strict', 'digraph.cutoff', -0.01],
    ['digraph', 'edge.in1'],
    ['edge', 'click.in'],
    ['default', 'edge.in2'],
    ['click', 'out'],
    ['subgraph', 'out.level'],
    ['style', 'click.mix'],
    ['keys.pitch', 'strict.frequency'],
    { from: 'click', to: 'edge.in3', feedback: true },
    ['title', 'edge.in4'],
    ['c0', 'title.amplitude'],
  ],
}
