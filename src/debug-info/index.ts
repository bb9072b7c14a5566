/** What compilers say of ELF images: lines, functions, variables, types, frames of the stack. */
export { DebugInfo, type FindSource } from './debug-info';
export type { CallerFrame } from './frames/frames';
export type { ImageLayout, LoadedSegment } from './layout';
export type { Location } from './locations/location';
export { numberOf, Unavailable, type Machine } from './locations/machine';
export { bare, sizeOf, typeText, type Member, type Type } from './variables/types';
export type { Variable } from './variables/variables';
