import { dark, light, type Theme } from './theme.ts'

const rules = (theme: Theme): string[] => [
  `.paper{fill:${theme.paper}}`,
  `.text{fill:${theme.text}}`,
  `.dim{fill:${theme.dim}}`,
  `.device{fill:${theme.device};stroke:${theme.line}}`,
  `.body{fill:${theme.device}}`,
  `.border{fill:none;stroke:${theme.line}}`,
  `.rule{stroke:${theme.rule}}`,
  ...(['before', 'voice', 'after'] as const).map(
    (part) => `.${part}{fill:${theme.frame[part][0]};stroke:${theme.frame[part][1]}}`,
  ),
  `.head-audio{fill:${theme.audioHead}}`,
  `.head-control{fill:${theme.controlHead}}`,
  ...(['audio', 'control', 'knob'] as const).flatMap((signal) => [
    `.${signal}{stroke:${theme[signal]}}`,
    `.dot-${signal}{fill:${theme[signal]}}`,
  ]),
  `.core{stroke:${theme.device}}`,
  `.tag{fill:${theme.paper};stroke:${theme.rule}}`,
]

/**
 * The style sheet of a picture. It brings its own background, so that it can be read on any page, and goes dark with
 * the reader's settings. Every colour stands by itself, without variables: not every program that shows SVG knows them.
 */
export const styleSheet: string = [
  "text{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace;font-size:12px}",
  '.small{font-size:11px}',
  '.big{font-size:17px;font-weight:700}',
  '.bold{font-weight:700}',
  '.italic{font-style:italic}',
  '.end{text-anchor:end}',
  '.middle{text-anchor:middle}',
  '.frame{stroke-width:1.2}',
  '.device,.border{stroke-width:1.2}',
  '.cable{fill:none;stroke-linejoin:round}',
  '.thick{stroke-width:3.4}',
  '.thin{stroke-width:1.8}',
  '.core{fill:none;stroke-width:1.2}',
  '.late{stroke-dasharray:7 5}',
  '.faint{opacity:.55}',
  '.dashed{stroke-dasharray:4 3}',
  ...rules(light),
  `@media (prefers-color-scheme:dark){${rules(dark).join('')}}`,
].join('\n')
