export {
  choice,
  defineDevice,
  gate,
  option,
  signal,
  trigger,
  value,
  type BuildContext,
  type Channels,
  type Choice,
  type DeviceOutput,
  type DeviceType,
  type Predecessor,
} from './define.ts'
export { definePatch } from './define-patch.ts'
export { out } from './out.ts'
export { standard } from './standard.ts'
