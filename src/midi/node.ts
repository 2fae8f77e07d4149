export { openMidiPorts, type NodePortsOptions } from './node-ports.ts'
