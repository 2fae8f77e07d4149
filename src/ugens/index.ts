export { compileSynthDef, usesRandom } from './compile.ts'
export { ugens } from './constructors.ts'
export {
  add,
  binaryOp,
  clip,
  clip2,
  crossfade,
  div,
  greater,
  max,
  mean,
  midicps,
  midiratio,
  min,
  mul,
  mulAdd,
  neg,
  pow,
  sub,
  tanh,
  unaryOp,
  type BinaryOperator,
  type UnaryOperator,
} from './operators.ts'
export {
  control,
  makeUGen,
  maxRate,
  rateOf,
  toAudio,
  type ControlInput,
  type Signal,
  type UGen,
} from './signal.ts'
export { ugenTable, type UGenInfo, type UGenName } from './table.ts'
