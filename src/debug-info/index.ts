/** What compilers say of ELF images: lines, functions, variables, types, frames of the stack. */
export { DebugInfo, type FindSource } from './debug-info';
export type { CallerFrame } from './frames/frames';
export type { ImageLayout, LoadedSegment } from './layout';
export { Unavailable, type Machine } from './locations/machine';
